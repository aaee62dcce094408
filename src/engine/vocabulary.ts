// The words that our own sentences are made of. In what leaves the machine, any other word of a
// sentence is taken out: an error message may quote a path, a name or a line of somebody's file.
// A word that is missing here costs an ellipsis in a report, never a secret.

const WORDS = `
a able about above absent accepts access account active after again against agent agents ago agree all
allowed alone already also although always among an and another answer answered answers any anybody
anything app app's appended archive archive's archived are argument array as ask asked at attached
automation available away back backfill bad be because become been before began begin beginning
begins behind being belong belongs below beside besides better between beyond binary blank body
boolean both branch break bring broken built but by byte bytes calendars called came can cannot
canonical carriage case cause cell cells change changed changes character characters check checked
checks checksum checksums choice choose chosen claim claims cli_version client closed code codex
codex's codexes column columns come comes command compaction compared complete completed compressed config
configuration configured connect connection contain contains conversation conversations copied copy could
count counts crash crashed create created cure current cut cwd damage damaged data database
database's databases date day days deeply default define defined defines deleted deletes deleting
denied depends describe description descriptions desktop detail did differ different directories
directory disabled disagree disk do does done duplicate each earlier early edited editor editors
either else elsewhere empty end ended ends enough entries entry error errors even ever every
everything exact exist exists expected explicit extension extension's failed fails family far feed few
field fifty file file's files filesystem filter filters find finds finished first five float folder
folders follow for forgotten fork forked forks form format found four from full further gave get
gets gib given gives go goes going gone good had half hang hangs has have header headers held here
hidden hide hides histories history hold holder holders holds home host hosts hour hours how however
i id identical ids if image images impossible in inactive incomplete index indexed inside installation instead
instructions integer interactive internal into invalid io is it its itself json jsonl just keep
keeps kept key keys kind know known knows lacks large last later latest leads leans least leave leaves
left legacy length less lies like line lines link links linux list listed lists little local lock locked
locks log logs long longer look looked looks lose loses lost machine machines macos made main make
makes malformed many mark matches may measured memory message messages meta metadata mib middle
migration migrations millisecond milliseconds minute minutes missing mistake mode moment month
months more most mount mounted mounts moved moves much must name named names near need needed needs
neither nested network never new newer newest next nfs no nobody none nor normal not note notes
nothing now nowhere null number numbers object object's objects of off offset old older oldest on
once one ones only open opened opening opens option or order originator other others our out outside
over overflow overlap own page pages paginated parallel parent parse parsed parser part parts path
paths payload permission person person's picker place places plain point points possible predicted
prefix present preview previous probe problem process processes profile profiles program programs
project project's projects prompt property provider provider's providers push put query quick
quickly ran read readable reading reads really reason rebuild rebuilds record recorded records
refused refuses rejected rejects relative remote removed renamed repair replaced request reset rest
restart restore result resumable resume resumed resumes return rollout rollouts room row row's rows
run running runs safely said same saw say says scan scanned schema scripts searched second seconds section
see seem seen server session sessions set setting settings several shared shell short shorter should
show showing shown shows side since size small smaller so some somebody something soon sort sound
source sources space spawned special sqlite stale stand stands start started starting starts state
status still stop stopped storage stored stream string sub sub-agent sub-agents subagent such
supports surface surfaces symlink syntax system table tables tail take taken takes task tell tells
temporary terminal text texts than that the their them then there therefore these they thing this
those thread thread's threads three through time timed times timestamp title titles to together
token told toml too took torn total traits transaction tree tries true truncated try turn turns twice twin
two type unable undefined under understood unexpected unfinished unit unknown unlisted unlocked
unpacked unread unreadable unresumable unsupported until untitled up update updated us use used user
uses usually utf-8 valid value values version versions very vs vscode wait was watermark way we week
weeks well were what when where whether which while whole whose why will windows with within without
word words work worked working works would writable write writer writes writing written wrong year yes
yesterday yet you your zero zst zstd
eacces ebusy eexist efault einval eio eisdir eloop emfile enametoolong enfile enoent enomem enospc
enotconn enotdir eperm erofs estale etimedout enotsup eagain ehostdown enodev
`;

export const vocabulary: ReadonlySet<string> = new Set(WORDS.trim().split(/\s+/));
