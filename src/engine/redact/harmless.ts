// What is known to say nothing about anybody: words of the model, of Codex and of file systems, and forms that
// only their own texts have. Whatever is not here becomes a pseudonym.

/** Fields whose text is Codex's or the system's own, and the form that it has. */
export const OF_THE_SYSTEM: Readonly<Record<string, RegExp>> = {
  columns: /^[a-z][a-z0-9_]{0,40}$/,
  missingObjects: /^(?:table|index|trigger|view|column) [a-z][a-z0-9_.]{0,60}$/,
  changedObjects: /^(?:table|index|trigger|view|column) [a-z][a-z0-9_.]{0,60}$/,
  fingerprint: /^[0-9a-f]{8,128}$/,
  checksum: /^[0-9a-f]{64,96}$/i,
  firstChecksum: /^[0-9a-f]{64,96}$/i,
  lf: /^[0-9a-f]{64,96}$/i,
  crlf: /^[0-9a-f]{64,96}$/i,
  program: /^(?:codex|node|code|Code|Codex|electron)(?:\.exe)?$/,
  terminal: /^(?:pts\/|ttys?)\d+$/,
};

/** The words that the model, Codex and file systems have as values. */
const VALUES = new Set(
  `absent active all amazon-bedrock archived archived_sessions azure backfill broken byte-order-mark
  case cli clean code codex codexes codex_cli_rs codex_exec codex_vscode complete config config.toml
  crashed crlf cut damaged darwin desktop desktop-state editor empty ends environment error exec fail
  file findings folder folders foreign found full healthy history.jsonl home host incomplete
  installation_id legacy lf linux lmstudio mcp missing names never no no-line-break none
  not-a-database not-a-file not-json not-meta note ok ollama openai option oss other other-databases
  paginated part path pending processes provider database read rollback rollout rollout-bodies
  rollouts-active rollouts-archived running seen session_index.jsonl sessions sound state
  state-database subagent table thread truncated unknown unread user vscode wal warning whole win32
  working yes goals logs memories queue thread_history
  ext2 ext3 ext4 xfs btrfs zfs tmpfs overlay nfs nfs4 cifs smb2 smb3 smbfs afs lustre beegfs gpfs
  ceph glusterfs 9p v9fs drvfs virtiofs apfs hfs ntfs ntfs3 exfat vfat fuseblk fuse.sshfs fuse.rclone
  usr local bin sbin lib lib64 opt tmp var node_modules Applications Library .local share .nvm
  versions .vscode-server extensions .cache .codex`.split(/\s+/),
);

export const DATABASE =
  /^(?:state|logs|goals|memories|queue|thread_history)(?:_v?\d{1,3})*\.sqlite(?:-wal|-shm)?$/;

const PLAIN = [
  /^\d{1,13}(?:\.\d{1,6})?$/,
  /^v?\d{1,5}(?:\.\d{1,5}){1,3}(?:-(?:alpha|beta|rc|dev|nightly)(?:\.\d{1,5})*)?$/,
  /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d)?)?$/,
  DATABASE,
];

export function isHarmless(text: string): boolean {
  return VALUES.has(text) || PLAIN.some(form => form.test(text));
}

const OPTION =
  /^(?:rw|ro|relatime|noatime|nodiratime|sync|async|hard|soft|nolock|lock|noac|nosuid|nodev|(?:vers|proto|local_lock|actimeo|ac[a-z]+|timeo|retrans|rsize|wsize)=[a-z0-9.]{1,12})$/;

export function mountOption(option: string): string {
  return OPTION.test(option) ? option : '…';
}
