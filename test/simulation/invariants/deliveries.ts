import { repositoryName } from '../github/repository.ts';

/** What makes two deliveries the same for the App. */
export function businessKeyOf(event: string, payload: Readonly<Record<string, unknown>>): string {
  const id = (name: string): unknown => (payload[name] as { id?: unknown } | undefined)?.id;
  return event === 'issue_comment'
    ? `comment/${repositoryName}/${id('comment')}`
    : `deployment-status/${repositoryName}/${id('deployment_status')}`;
}
