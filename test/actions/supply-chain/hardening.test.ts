import { describe, expect, it } from 'vitest';
import { judgeDockerfile } from '../../../actions/supply-chain/hardening/dockerfile.ts';
import { parseDockerfile } from '../../../actions/supply-chain/hardening/dockerfile-parser.ts';
import { judgeManifest } from '../../../actions/supply-chain/hardening/kubernetes.ts';

const digest = `sha256:${'a'.repeat(64)}`;
const pinned = `node:22.1.0@${digest}`;
const codesIn = (findings: readonly { code: string; level: string }[]): string[] =>
  [...new Set(findings.filter(({ level }) => level !== 'notice').map(({ code }) => code))].sort();
const dockerfile = (text: string): string[] =>
  codesIn(judgeDockerfile({ path: 'Dockerfile', instructions: parseDockerfile(text) }));

describe('a Dockerfile', () => {
  it.each<[string, string, string[]]>([
    ['of a user by number is fine', `FROM ${pinned}\nUSER 65532:65532\n`, []],
    ['of root by number and group', `FROM ${pinned}\nUSER 0:65532\n`, ['dockerfile-root-user']],
    ['of root in quotes', `FROM ${pinned}\nUSER "root"\n`, ['dockerfile-root-user']],
    [
      'of the administrator of Windows',
      `FROM ${pinned}\nUSER ContainerAdministrator\n`,
      ['dockerfile-root-user'],
    ],
    [
      'whose user is another stage’s',
      `FROM ${pinned} AS build\nUSER 1000\nFROM ${pinned}\n`,
      ['dockerfile-root-user'],
    ],
    ['on an image that has a user of its own', `FROM gcr.io/distroless/static:nonroot@${digest}\n`, []],
    [
      'on a stage on such an image',
      `FROM gcr.io/distroless/static-debian12:debug-nonroot@${digest} AS base\nFROM base\n`,
      [],
    ],
    [
      'on such an image, and root again',
      `FROM gcr.io/distroless/static:nonroot@${digest}\nUSER root\n`,
      ['dockerfile-root-user'],
    ],
    ['with a digest that is none', 'FROM node:22@sha256:abc\nUSER 1\n', ['image-not-pinned']],
    ['without tag behind a port', 'FROM localhost:5000/node\nUSER 1\n', ['image-latest']],
    ['of the latest of a variant', 'FROM node:latest-alpine\nUSER 1\n', ['image-latest']],
    ['of the latest, by its digest', `FROM node:latest@${digest}\nUSER 1\n`, []],
    ['whose base is whatever the build says', 'ARG BASE\nFROM $BASE\nUSER 1\n', ['image-latest']],
    ['whose base has a default', `ARG BASE=${pinned}\nFROM --platform=$BUILDPLATFORM \${BASE}\nUSER 1\n`, []],
    [
      'that chooses a stage by platform',
      `FROM ${pinned} AS build-amd64\nFROM ${pinned} AS build-arm64\nFROM build-$TARGETARCH AS build\nFROM ${pinned}\nCOPY --from=build /a /a\nUSER 1\n`,
      [],
    ],
    [
      'that copies with an owner from an image',
      `FROM ${pinned}\nCOPY --chown=1:1 --from=busybox:latest /bin/sh /sh\nUSER 1\n`,
      ['image-latest'],
    ],
    [
      'that copies from a stage by number',
      `FROM ${pinned}\nFROM ${pinned}\nCOPY --from=0 /a /a\nUSER 1\n`,
      [],
    ],
    [
      'that mounts an image',
      `FROM ${pinned}\nRUN --mount=type=bind,from=alpine,source=/a,target=/a true\nUSER 1\n`,
      ['image-latest'],
    ],
    [
      'that mounts a stage',
      `FROM ${pinned} AS deps\nFROM ${pinned}\nRUN --mount=type=bind,from=deps,target=/a true\nUSER 1\n`,
      [],
    ],
    ['that puts a secret off', `FROM ${pinned}\nONBUILD ARG NPM_TOKEN\nUSER 1\n`, ['dockerfile-secret']],
    [
      'with a secret in the old form',
      `FROM ${pinned}\nENV DB_PASSWORD hunter2\nUSER 1\n`,
      ['dockerfile-secret'],
    ],
    ['with the path of a secret', `FROM ${pinned}\nENV DB_PASSWORD_FILE=/run/secrets/db\nUSER 1\n`, []],
    [
      'with another escape character',
      `# escape=\`\nFROM ${pinned}\nRUN echo a \`\n  b\nUSER ContainerUser\n`,
      [],
    ],
    [
      'whose heredoc holds words of Dockerfiles',
      `FROM ${pinned}\nRUN <<EOF\nUSER root\nFROM node:latest\nEOF\nUSER 1\n`,
      [],
    ],
    [
      'that pipes a download inside a heredoc',
      `FROM ${pinned}\nRUN <<EOF\ncurl -fsSL https://get.test/i.sh | bash\nEOF\nUSER 1\n`,
      ['dockerfile-pipe-to-shell'],
    ],
    ['with lower-case words', `from ${pinned}\nuser 0\n`, ['dockerfile-root-user']],
    ['that is empty', '', ['dockerfile-no-from']],
  ])('%s', (_, text, codes) => {
    expect(dockerfile(text)).toEqual(codes);
  });
});

const hardened = `securityContext:
          runAsNonRoot: true
          readOnlyRootFilesystem: true
          allowPrivilegeEscalation: false
          seccompProfile: {type: RuntimeDefault}
          capabilities: {drop: [ALL]}`;
const runtime = `resources: {requests: {cpu: 1}, limits: {memory: 1Gi}}
        readinessProbe: {httpGet: {path: /, port: 80}}`;
const deployment = (container: string, pod = ''): string => `apiVersion: apps/v1
kind: Deployment
spec:
  template:
    spec:${pod}
      containers:
      - name: shop
        image: shop:1@${digest}
        ${runtime}
        ${container}
`;
const manifest = (text: string): string[] => codesIn(judgeManifest('k8s/a.yaml', text));
const everything = [
  'k8s-capabilities',
  'k8s-privilege-escalation',
  'k8s-read-only-root',
  'k8s-run-as-non-root',
  'k8s-seccomp',
];

describe('a manifest', () => {
  it.each<[string, string, string[]]>([
    ['that is hardened', deployment(hardened), []],
    ['that says nothing', deployment(''), everything],
    [
      'whose user is a number, without runAsNonRoot',
      deployment(hardened.replace('runAsNonRoot: true', 'runAsUser: 1000')),
      ['k8s-run-as-non-root'],
    ],
    [
      'whose container takes back what the pod forbids',
      deployment(
        hardened.replace('runAsNonRoot: true', 'runAsNonRoot: false'),
        '\n      securityContext: {runAsNonRoot: true}',
      ),
      ['k8s-run-as-non-root'],
    ],
    [
      'that is root although it says not to be',
      deployment(hardened, '\n      securityContext: {runAsUser: 0}'),
      ['k8s-run-as-non-root'],
    ],
    [
      'whose boolean is a text',
      deployment(hardened.replace('runAsNonRoot: true', 'runAsNonRoot: "true"')),
      ['k8s-run-as-non-root'],
    ],
    [
      'of a process on the host of Windows',
      deployment(hardened, '\n      securityContext: {windowsOptions: {hostProcess: true}}'),
      ['k8s-privileged'],
    ],
    [
      'with resources of the pod',
      deployment(hardened, '\n      resources: {requests: {cpu: 1}, limits: {memory: 1Gi}}').replace(
        / {8}resources.*\n/,
        '',
      ),
      [],
    ],
    [
      'with an ephemeral container',
      `${deployment(hardened)}      ephemeralContainers:\n      - {name: debug, image: busybox}\n`,
      [...everything, 'image-latest', 'k8s-resources'].sort(),
    ],
    [
      'behind an alias',
      `x: &containers\n- {name: shop, image: busybox, securityContext: {privileged: true}}\n---\n${deployment(hardened).replace(/ {6}containers:[\s\S]*/, '      containers: &c\n      - {name: shop, image: busybox}\n      initContainers: *c\n')}`,
      [...everything, 'image-latest', 'k8s-readiness-probe', 'k8s-resources'].sort(),
    ],
    [
      'hardened by an alias and a merge key',
      `kind: Pod
x: &base
  runAsNonRoot: true
  readOnlyRootFilesystem: true
  seccompProfile: {type: RuntimeDefault}
y: &more {<<: *base, allowPrivilegeEscalation: false}
spec:
  containers:
  - name: shop
    image: shop:1@${digest}
    resources: {requests: {cpu: 1}, limits: {memory: 1Gi}}
    readinessProbe: {tcpSocket: {port: 80}}
    securityContext:
      <<: *more
      capabilities: {drop: [all]}
`,
      [],
    ],
    [
      'whose merge key is overridden',
      `kind: Pod
x: &base {privileged: false}
spec:
  containers:
  - {name: a, image: "a:1@${digest}", securityContext: {<<: *base, privileged: true}}
`,
      [...everything, 'k8s-privileged', 'k8s-readiness-probe', 'k8s-resources'].sort(),
    ],
    [
      'of a CronJob deep inside',
      `kind: CronJob\nspec: {jobTemplate: {spec: {template: {spec: {hostPID: true, containers: [{name: a, image: a}]}}}}}\n`,
      [...everything, 'image-latest', 'k8s-host-namespace', 'k8s-resources'].sort(),
    ],
    [
      'in a list, after one that is none',
      `# Source: shop/templates/list.yaml\nkind: List\nitems:\n- kind: Service\n- kind: DaemonSet\n  spec: {template: {spec: {containers: [{name: a, image: "a:1"}]}}}\n`,
      [...everything, 'image-not-pinned', 'k8s-readiness-probe', 'k8s-resources'].sort(),
    ],
    [
      'of an object that is no workload, with braces',
      'kind: ConfigMap\ndata: {rule: "{{ $labels.pod }}"}\n',
      [],
    ],
    [
      'with braces in an annotation of the deployment alone',
      deployment('').replace('spec:', 'metadata: {annotations: {link: "{{x}}"}}\nspec:'),
      everything,
    ],
    [
      'that is a template',
      deployment(hardened).replace('shop:1@', '{{ .Values.image }}@'),
      ['manifest-not-rendered'],
    ],
    [
      'that is a template in quotes',
      deployment(hardened).replace(/image: .*/, 'image: "{{ .Values.image }}"'),
      ['manifest-not-rendered'],
    ],
    [
      'that is a template with blocks',
      `{{- if .Values.on }}\n${deployment(hardened)}{{- end }}\n`,
      ['manifest-not-rendered'],
    ],
    ['that is broken', 'kind: Pod\nspec: [\n', ['manifest-unreadable']],
    ['that says a thing twice', 'kind: Pod\nkind: Pod\n', ['manifest-unreadable']],
    [
      'that multiplies itself',
      `kind: Pod\na: &a [x, x, x, x, x, x, x, x, x, x]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a, *a]\nc: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b, *b]\nd: &d [*c, *c, *c, *c, *c, *c, *c, *c, *c, *c, *c, *c, *c, *c, *c, *c, *c, *c, *c]\ne: [*d, *d, *d, *d, *d, *d, *d, *d, *d, *d]\nf: &f [*d, *d, *d, *d, *d, *d, *d, *d, *d, *d]\ng: &g [*f, *f, *f, *f, *f, *f, *f, *f, *f]\nh: &h [*g, *g, *g, *g, *g, *g, *g, *g, *g]\ni: [*h, *h, *h, *h, *h, *h, *h, *h, *h]\n`,
      ['manifest-unreadable'],
    ],
    ['that holds itself', 'kind: Pod\nspec: &s {containers: [*s]}\n', ['manifest-unreadable']],
    ['of nothing', '---\n---\n# comment\n', []],
  ])('%s', (_, text, codes) => {
    expect(manifest(text)).toEqual(codes);
  });
});
