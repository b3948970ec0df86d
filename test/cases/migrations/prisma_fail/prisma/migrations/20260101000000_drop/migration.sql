-- forward-fix: read the address from the accounts service
SET lock_timeout = '1s';
SET statement_timeout = '5s';
ALTER TABLE "User" DROP COLUMN "email";
