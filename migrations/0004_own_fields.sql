CREATE TABLE `told_fields` (
	`tenant_id` text NOT NULL,
	`kind` text NOT NULL,
	`tribe_id` text NOT NULL,
	`prints` text NOT NULL,
	PRIMARY KEY(`tenant_id`, `kind`, `tribe_id`)
);
--> statement-breakpoint
ALTER TABLE `tenants` ADD `fields` text;