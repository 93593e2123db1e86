ALTER TABLE `tenants` ADD `tribe_organization` text;--> statement-breakpoint
ALTER TABLE `tenants` ADD `power_office_client` text;--> statement-breakpoint
UPDATE `tenants` SET `tribe_organization` = nullif(lower(trim(`tribe` ->> '$.organizationId')), '') WHERE `id` = (
	SELECT `one`.`id` FROM `tenants` AS `one`
	WHERE lower(trim(`one`.`tribe` ->> '$.organizationId')) = lower(trim(`tenants`.`tribe` ->> '$.organizationId'))
	ORDER BY `one`.`state` = 'setup', `one`.`created_at`, `one`.`id` LIMIT 1
);--> statement-breakpoint
UPDATE `tenants` SET `power_office_client` = nullif(lower(trim(`power_office` ->> '$.clientId')), '') WHERE `id` = (
	SELECT `one`.`id` FROM `tenants` AS `one`
	WHERE lower(trim(`one`.`power_office` ->> '$.clientId')) = lower(trim(`tenants`.`power_office` ->> '$.clientId'))
	ORDER BY `one`.`state` = 'setup', `one`.`created_at`, `one`.`id` LIMIT 1
);--> statement-breakpoint
CREATE UNIQUE INDEX `tenants_by_tribe_organization` ON `tenants` (`tribe_organization`);--> statement-breakpoint
CREATE UNIQUE INDEX `tenants_by_power_office_client` ON `tenants` (`power_office_client`);
