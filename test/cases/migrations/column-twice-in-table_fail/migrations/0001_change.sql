CREATE TABLE t (a int, "A" int, a bigint);
