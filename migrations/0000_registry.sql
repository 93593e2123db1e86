CREATE TABLE `links` (
	`tenant_id` text NOT NULL,
	`kind` text NOT NULL,
	`tribe_id` text NOT NULL,
	`tribe_type` text NOT NULL,
	`tribe_relation_id` text,
	`power_office_id` text NOT NULL,
	`power_office_parent_id` text,
	`number` text,
	`bases` text NOT NULL,
	`state` text NOT NULL,
	`power_office_changed_at` text,
	`recent` text NOT NULL,
	`life` text,
	`created_at` text NOT NULL,
	`synced_at` text NOT NULL,
	PRIMARY KEY(`tenant_id`, `kind`, `tribe_id`)
);
--> statement-breakpoint
CREATE UNIQUE INDEX `links_by_power_office` ON `links` (`tenant_id`,`kind`,`power_office_id`);--> statement-breakpoint
CREATE INDEX `links_by_relation` ON `links` (`tenant_id`,`tribe_relation_id`);--> statement-breakpoint
CREATE INDEX `links_by_tribe` ON `links` (`tenant_id`,`tribe_id`);--> statement-breakpoint
CREATE TABLE `standings` (
	`tenant_id` text PRIMARY KEY NOT NULL,
	`standing` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `tenants` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`state` text NOT NULL,
	`created_at` text NOT NULL,
	`activated_at` text,
	`admin_token_hash` text NOT NULL,
	`settings` text NOT NULL,
	`sealed_tribe` text,
	`sealed_client_key` text,
	`sealed_fingerprint_key` text NOT NULL,
	`sealed_webhook_secret` text NOT NULL,
	`sealed_signing_secrets` text,
	`sealed_alert_secret` text,
	`tribe` text,
	`power_office` text
);
--> statement-breakpoint
CREATE INDEX `tenants_by_admin_token` ON `tenants` (`admin_token_hash`);--> statement-breakpoint
CREATE TABLE `timeline` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`tenant_id` text NOT NULL,
	`kind` text NOT NULL,
	`tribe_id` text,
	`power_office_id` text,
	`at` text NOT NULL,
	`event` text NOT NULL,
	`details` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `timeline_by_tribe` ON `timeline` (`tenant_id`,`kind`,`tribe_id`);--> statement-breakpoint
CREATE INDEX `timeline_by_tenant` ON `timeline` (`tenant_id`,`id`);--> statement-breakpoint
CREATE INDEX `timeline_by_power_office` ON `timeline` (`tenant_id`,`kind`,`power_office_id`);--> statement-breakpoint
CREATE TABLE `unit_mappings` (
	`tenant_id` text NOT NULL,
	`tribe_unit_id` text NOT NULL,
	`power_office_unit` text NOT NULL,
	PRIMARY KEY(`tenant_id`, `tribe_unit_id`)
);
--> statement-breakpoint
CREATE TABLE `vat_mappings` (
	`tenant_id` text NOT NULL,
	`tribe_vat_group_id` text NOT NULL,
	`power_office_vat_code` text NOT NULL,
	`sales_account_no` integer NOT NULL,
	`sales_account_id` integer NOT NULL,
	PRIMARY KEY(`tenant_id`, `tribe_vat_group_id`)
);
