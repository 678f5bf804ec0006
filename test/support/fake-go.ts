import { existsSync, readFileSync } from 'node:fs';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Environment } from '../../cli/setup/local-setup.ts';

/** A Go that builds nothing: every program it is asked for only says its version. */
export type FakeGo = {
  /** With this Go alone in PATH, and no way to any host. */
  readonly environment: Environment;
  /** The sources it was asked to build, in order. */
  builds(): readonly string[];
  /** Builds wait until this is called. */
  goOn(): Promise<void>;
};

const script = `#!/bin/sh
PATH=/usr/bin:/bin
if [ "$1" = env ]; then echo go1.26.0; exit; fi
while [ $# -gt 0 ]; do
  if [ "$1" = -o ]; then target=$2; fi
  source=$1
  shift
done
echo "$source" >> "$FAKE_GO/builds"
while [ ! -e "$FAKE_GO/go-on" ]; do sleep 0.05; done
name=\${source%@*}
name=\${name%/v[0-9]}
: "\${target:=$GOBIN/\${name##*/}}"
printf '#!/bin/sh\\necho %s\\n' "\${source#*@}" > "$target"
`;

/** Puts a fake Go into a folder, which must exist. */
export async function makeFakeGo(parent: string): Promise<FakeGo> {
  const folder = join(parent, 'fake-go');
  await mkdir(folder);
  await writeFile(join(folder, 'go'), script);
  await chmod(join(folder, 'go'), 0o755);
  const closed = 'http://127.0.0.1:1';
  return {
    environment: {
      PATH: folder,
      FAKE_GO: folder,
      http_proxy: closed,
      https_proxy: closed,
      no_proxy: '',
    },
    builds: () =>
      existsSync(join(folder, 'builds')) ? readFileSync(join(folder, 'builds'), 'utf8').trim().split('\n') : [],
    goOn: () => writeFile(join(folder, 'go-on'), ''),
  };
}
