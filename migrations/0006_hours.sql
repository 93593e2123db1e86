CREATE TABLE `hours` (
	`tenant_id` text NOT NULL,
	`hour` text NOT NULL,
	`events` integer NOT NULL,
	`writes` integer NOT NULL,
	`problems` integer NOT NULL,
	`tribe` integer NOT NULL,
	`power_office` integer NOT NULL,
	`arrivals` text NOT NULL,
	PRIMARY KEY(`tenant_id`, `hour`)
);
--> statement-breakpoint
CREATE INDEX `hours_by_hour` ON `hours` (`hour`);