CREATE TABLE `told_drifts` (
	`system` text NOT NULL,
	`path` text NOT NULL,
	`teller` text NOT NULL,
	PRIMARY KEY(`system`, `path`)
);
