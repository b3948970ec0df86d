/** Whose repository it is: the account that the App is installed on. */
export function tenantOf(repository: string | null): string | undefined {
  return repository?.split('/')[0];
}
