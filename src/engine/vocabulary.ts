// The words that our own sentences are made of. In what leaves the machine, any other word of a
// sentence is taken out: an error message may quote a path, a name or a line of somebody's file.
// A word that is missing here costs an ellipsis in a report, never a secret.

const WORDS = `
a able about above absent access account active after again against ago all allowed alone already
also although always an and another answer answered any anybody anything appended archive archived
are argument array as ask asked at available away back backfill bad be because become been before
begin beginning begins behind being belong belongs below beside besides better between binary blank
body boolean both branch break broken built but by byte bytes came cannot canonical case cause
change changed changes character characters check checked checks checksum checksums choice choose
claim claims client closed code codex codexes column columns come comes command complete completed
compressed config configuration connect connection contain contains conversation conversations
could count counts crash crashed created cure current cut damaged data database databases date day
days default defined defines deleted denied desktop detail did differ different directories
directory disabled disagree disk do does done duplicate each early edited editor either else
elsewhere empty end ended ends enough entries entry error errors even ever every everything exact
exist exists expected explicit extension failed fails family few field file files filesystem
filter filters find finds first five folder folders for fork forked forks form format found four
from full further gave get gets given gives go gone good had half has have header headers held here
hidden hide hides history hold holder holders holds home host hour hours how however i id identical
if image in inactive incomplete index indexed inside instead integer interactive internal into
invalid io is it its itself json just keep keeps kept key keys kind know known knows last later
latest least leave leaves left legacy length less lies like line lines link links linux list listed
lists local lock locked locks log logs long longer look looked looks lost machine macos made main
make makes malformed many matches may memory message meta metadata middle migration migrations
millisecond milliseconds minute minutes missing mode moment month months more most mounted moved
moves much must name named names need needed needs neither network never new newer newest next nfs
no nobody none nor normal not note nothing now null number numbers object objects of off offset old
older on once one only open opened opens option or order other others our out outside over own page
pages paginated parent parse parsed parser part parts path paths permission picker place plain
point points possible predicted prefix present preview previous problem process processes profile
profiles program programs project projects prompt property provider providers query quick quickly
read readable reading reads really reason record recorded records refused refuses relative remote
removed renamed repair replaced request reset restart restore result resume resumed rest rollout
rollouts row rows run running runs said same saw say says scan scanned schema second seconds section
see seem seen server session sessions set setting settings several shared shell should show showing
shown shows side since size small smaller so some something sort sound source sources space spawned
special sqlite stale start started starts state status still stop stopped storage stored stream
string sub subagent such surface surfaces symlink syntax system table tables tail take taken takes
task temporary terminal text than that the their them then there therefore these they thing this
those thread threads three through time timed times title titles to together token toml too took
torn total transaction tree true truncated try turn turns twice two type unable undefined unexpected
unfinished unit unknown unlisted unlocked unread unreadable unsupported until untitled up update
updated us use used user uses usually valid value values version versions very vs vscode wait was
watermark way we week weeks were what when where whether which while whole whose why will windows
with within without word words work working works would writable write writer writes written wrong
year yes yesterday yet you your zero zst zstd
eacces ebusy eexist efault einval eio eisdir eloop emfile enametoolong enfile enoent enomem enospc
enotconn enotdir eperm erofs estale etimedout enotsup eagain ehostdown enodev
`;

export const vocabulary: ReadonlySet<string> = new Set(WORDS.trim().split(/\s+/));
