-- Append-only by rights, beside the triggers: not even the account that owns the tables may change what is written, until
-- it gives itself the right again. Superusers are above rights; `release-conductor doctor` says whether one is used.
revoke update, delete, truncate on audit, audit_heads from public, current_user;
