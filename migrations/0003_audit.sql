CREATE TABLE `audit` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`at` text NOT NULL,
	`tenant_id` text,
	`who` text NOT NULL,
	`what` text NOT NULL,
	`from` text,
	`status` integer NOT NULL,
	`code` text,
	`times` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `audit_by_tenant` ON `audit` (`tenant_id`,`id`);--> statement-breakpoint
CREATE INDEX `audit_by_time` ON `audit` (`at`);