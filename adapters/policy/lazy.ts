import type { RepositoryPolicies } from '../../core/ports/repository-policies.ts';

/** Loads the Rego engine when there is a policy to run: a repository without policies does not pay for it. */
export const repositoryPolicies: RepositoryPolicies = {
  async check(sources) {
    const { checkPolicies } = await import('./repository-policies.ts');
    return checkPolicies(sources);
  },
  async decide(sources, input, now) {
    const { decidePolicies } = await import('./repository-policies.ts');
    return decidePolicies(sources, input, now);
  },
};
