/** Where the config lives in a repository. */
export const configPath = '.github/release-conductor.yml';
