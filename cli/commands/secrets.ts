import { Command } from 'commander';
import type { Act } from '../session.ts';
import { certCommand } from './secrets-cert.ts';
import { explainCommand } from './secrets-explain.ts';
import { importKeysCommand } from './secrets-import-keys.ts';
import { newKeyCommand } from './secrets-new-key.ts';
import { reEncryptCommand } from './secrets-re-encrypt.ts';
import { refreshCommand } from './secrets-refresh.ts';
import { sealCommand } from './secrets-seal.ts';

const subcommands = [
  explainCommand,
  refreshCommand,
  sealCommand,
  certCommand,
  newKeyCommand,
  importKeysCommand,
  reEncryptCommand,
];

/** `plumb secrets`: what people do with secrets and the keys that they are sealed with. */
export function secretsCommand(act: Act): Command {
  const command = new Command('secrets')
    .summary('say where secrets come from, read them again, seal them, keep their keys')
    .description('Secrets of applications, and Sealed Secrets without a controller. No command prints a value.')
    .helpCommand(false);
  for (const each of subcommands) command.addCommand(each(act));
  return command.hook('preSubcommand', (parent, child) => {
    child.copyInheritedSettings(parent).helpOption('-h, --help', 'print help');
  });
}
