-- Runs that ended, by the commit that they judged: its pull request or its tag may become known only later.
create table workflow_runs (
  repository text not null,
  sha text not null,
  run_id bigint not null,
  attempt integer not null,
  ended_at timestamptz not null,
  primary key (repository, run_id, attempt)
);
create index workflow_runs_by_commit on workflow_runs (repository, sha);
