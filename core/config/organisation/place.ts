/** The repository of an organisation whose config is the default of all of its repositories. */
export const organisationRepository = '.github';

/** Full name of that repository, for a repository of the same owner. */
export function organisationOf(repository: string): string {
  return `${repository.split('/')[0]}/${organisationRepository}`;
}

/** Whether this is that repository itself: its config speaks to the others. */
export function isOrganisation(repository: string): boolean {
  return repository.endsWith(`/${organisationRepository}`);
}
