/** A commit as people write it: 7 or more of 0-9a-f. */
export const shaPattern = /^[0-9a-f]{7,64}$/;
