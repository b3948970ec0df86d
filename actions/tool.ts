/** How results name the program that made them. The version is the package's; a test ties the two. */
export const tool = { name: 'release-conductor', version: '0.1.0' } as const;
