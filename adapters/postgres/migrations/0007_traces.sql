-- `traceparent` (W3C) of what led here: a delivery, the decision, and its effects are one trace, whoever performs them.
alter table deliveries add column trace text;
alter table effects add column trace text;
