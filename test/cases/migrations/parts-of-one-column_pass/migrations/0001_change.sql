UPDATE t SET tags[1] = 'a', tags[2] = 'b' WHERE id = 1;
