/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/options.h"
#include "collect/command.h"

/* clang-format off */
const struct verb verbs[] = {
    {
        .name = "appraise",
        .synopsis = "EVIDENCE [--reference REF]... [--peers EVIDENCE...|COHORT] [--since EVIDENCE] "
            "[--policy FILE] [--dbx FILE] [--yara FILE] [--as-of TIME] [--sign KEY] [--json] "
            "[--html FILE] [-o FILE]",
        .summary = "Judge a machine by its evidence",
        .help = "Asks of EVIDENCE (a bundle or a recorded folder) whether the machine is what was\n"
                "ordered, like its siblings, like itself before, whether its witnesses tell one\n"
                "story, whether it is known to be bad, and what could not be seen.\n\n"
                "  --reference REF   a reference file ('assay learn'), or known-good evidence;\n"
                "                    may be given more than once\n"
                "  --peers ...       evidence of its siblings, or one cohort file\n"
                "                    ('assay cohort'); takes all up to the next option\n"
                "  --since EVIDENCE  earlier evidence of the same machine\n"
                "  --policy FILE     what must be seen and judged, waivers, approved changes\n"
                "  --dbx FILE        revoked digests that the machine's dbx must hold\n"
                "  --yara FILE       YARA rules, put to all that was decoded, decompressed\n"
                "  --as-of TIME      time of judgement (RFC 3339, UTC); without it nothing that\n"
                "                    expires (waivers, approvals) applies\n"
                "  --json            one JSON object\n"
                "  --html FILE       also write the result as one page\n"
                "  -o FILE           also write the result as a node, for 'assay report'\n"
                "  --sign KEY        what -o writes is signed by this key ('assay key make')\n"
                VERB_HELP_PASSPHRASE
                "  --help            print this help\n\n"
                "Exit status: 0 clean, 1 suspect, 3 incomplete, 2 trouble of our own.\n",
        .run = verb_appraise,
    },
    {
        .name = "bundle",
        .synopsis = "list|extract|redact|seal|verify [OPTION]... FILE [WHAT]...",
        .summary = "Look into, take apart, redact, seal or verify a bundle",
        .help = "A bundle is verified whenever it is read.\n\n"
                "  list FILE            entries with state, digest and size\n"
                "  extract FILE         the blobs as files, a recording, below the folder -o\n"
                "  redact FILE WHAT...  takes out blobs, but not their digests: of a source, of a\n"
                "                       sensitivity (model, identity, content) or of a digest\n"
                "                       (sha256:HEX)\n"
                "  seal FILE            adds a signature by the Ed25519 key --key\n"
                "  verify FILE          is it intact, and sealed by --key?\n\n"
                "  -o PATH         what is written: the folder of extract, the bundle of redact\n"
                "                  and seal (seal without it changes FILE)\n"
                "  --key KEY       a key in PEM: the private half seals, either half verifies\n"
                "  --new-key KEY   seal without FILE: makes a key, and KEY.pub to give away\n"
                "  --zstd          compress what is written; what was compressed stays so\n"
                "  --json          one JSON object\n"
                "  --help          print this help\n\n"
                "Exit status: 0 good, 1 not intact or no good seal by the key, 2 trouble of our\n"
                "own.\n",
        .run = verb_bundle,
    },
    {
        .name = "cohort",
        .synopsis = "[--json] -o FILE EVIDENCE...",
        .summary = "Count what machines of one model have in common",
        .help = "Makes a frozen cohort from bundles or recorded folders, for --peers of\n"
                "'assay appraise'. One subject votes once, with its latest evidence.\n\n"
                "  -o FILE  where the cohort goes\n"
                "  --json   one JSON object\n"
                "  --help   print this help\n\n"
                "Exit status: 0 written, 2 trouble of our own.\n",
        .run = verb_cohort,
    },
    {
        .name = "collect",
        .synopsis = COLLECT_COMMAND_SYNOPSIS,
        .summary = "Collect evidence into a bundle",
        .help = COLLECT_COMMAND_HELP,
        .run = verb_collect,
    },
    {
        .name = "cosign",
        .synopsis = "--key FILE --policy FILE [--listen ADDRESS:PORT] DIR",
        .summary = "Witness the logs of others: cosign what only grows",
        .help = "Serves the protocol of c2sp.org/tlog-witness over HTTP until it is told to end: cosigns\n"
                "a checkpoint if a proof shows that it continues the last one. DIR keeps that last one\n"
                "of each log. Named so because a witness is something else elsewhere in Assay.\n\n"
                "  --key FILE              a key made with 'assay key make --witness'; its public half\n"
                "                          must be beside it\n"
                "  --policy FILE           the logs that are witnessed: 'log VKEY' lines of a policy\n"
                "                          (c2sp.org/tlog-policy)\n"
                "  --listen ADDRESS:PORT   where it listens, 127.0.0.1:8010 unless given; port 0\n"
                "                          takes a free one\n"
                VERB_HELP_PASSPHRASE
                "  --help                  print this help\n\n"
                "Exit status: 0 told to end, 2 trouble of our own.\n",
        .run = verb_cosign,
    },
    {
        .name = "decode",
        .synopsis = "[--as FORMAT] [--label NAME] [--json] [--map] [--html PAGE] FILE...",
        .summary = "Decode files into claims",
        .help = "Each FILE ('-' is standard input) is decoded by the decoder that recognises it\n"
                "and its claims, faults and byte map are printed.\n\n"
                "  --as FORMAT   use this decoder ('assay formats' lists them)\n"
                "  --label NAME  the name under which the bytes were found, instead of the file's\n"
                "  --json        JSON Lines, one object a file\n"
                "  --map         also print the byte map\n"
                "  --html PAGE   also draw the one FILE as a page: its bytes as a strip, its\n"
                "                parts as a tree, area by size, colour by class\n"
                "  --help        print this help\n\n"
                "Decoders run in a confined process, which can compute and nothing else. If it crashes or\n"
                "reaches a limit, that is a fault of the FILE ('decoder-crashed', 'decoder-memory' and\n"
                "others), and the other FILEs go on.\n\n"
                "Exit status: 0 no fault in any file, 1 a fault, 2 trouble of our own.\n",
        .run = verb_decode,
    },
    {
        .name = "diff",
        .synopsis = "[--all] [--json] [--html PAGE] A B",
        .summary = "Say what differs between two files, bundles or recordings",
        .help = "Compares by meaning: maps by name, sets by content, lists by longest common\n"
                "part. What follows from another change is marked; what one side did not see is\n"
                "'unseen'.\n\n"
                "  --all   also what is assigned by the machine or volatile\n"
                "  --json  one JSON object\n"
                "  --html PAGE\n"
                "          also draw both as a page: strips and trees, changes in colour\n"
                "  --help  print this help\n\n"
                "Exit status: 0 nothing differs but what belongs to one machine or was unseen,\n"
                "1 something differs, 2 trouble of our own.\n",
        .run = verb_diff,
    },
    {
        .name = "explain",
        .synopsis = "[--json] WORD...",
        .summary = "Say what a rule, key, fault or format means",
        .help = "WORD is the id of a finding (rule.wpbt-present), a key (smbios.system.serial), a\n"
                "fault (bad-checksum) or a format (ipmi-fru).\n"
                "\n"
                "  --json  one JSON object a WORD\n"
                "  --help  print this help\n"
                "\n"
                "Exit status: 0 explained, 2 a WORD is unknown, or trouble of our own.\n",
        .run = verb_explain,
    },
    {
        .name = "formats",
        .synopsis = "[--json | --markdown]",
        .summary = "List the formats that can be decoded",
        .help = "One line a format: its name for 'decode --as', its specification, what it is.\n"
                "\n"
                "  --json      one JSON object\n"
                "  --markdown  the page docs/formats.md\n"
                "  --help      print this help\n"
                "\n"
                "Exit status: 0 good, 2 trouble of our own.\n",
        .run = verb_formats,
    },
    {
        .name = "key",
        .synopsis = "make|list|rotate|revoke [OPTION]... FILE...",
        .summary = "Make, list, rotate and revoke signing keys",
        .help = "Keys are Ed25519. The private half is a file in PEM, with a passphrase, for its owner\n"
                "only; the public half is a verifier key (c2sp.org/signed-note), FILE.pub.\n\n"
                "  make FILE          makes a key, called --name\n"
                "  list FILE...       public halves, and what statements among the FILEs say of them\n"
                "  rotate KEY NEW.pub a statement by the old KEY that names its successor\n"
                "  revoke KEY         a dated statement that KEY is not to be believed any more\n\n"
                "  --name NAME             how the key is called: the origin of a log or of\n"
                "                          statements, the name of a witness\n"
                "  --witness               the key is for cosignatures\n"
                "  --no-passphrase         the private half is in the clear\n"
                VERB_HELP_PASSPHRASE
                "  -o FILE                 the statement to be written\n"
                "  --at TIME               its time (RFC 3339, UTC); without it, now\n"
                "  --reason TEXT           why a key is revoked\n"
                "  --by KEY                which key revokes, where the revoked one is lost\n"
                "  --json                  one JSON object\n"
                "  --help                  print this help\n\n"
                "Exit status: 0 good, 2 trouble of our own.\n",
        .run = verb_key,
    },
    {
        .name = "learn",
        .synopsis = "[--quality WORD] [--authority WHO] [--time T] [--json] -o FILE EVIDENCE...",
        .summary = "Make reference values from known-good evidence",
        .help = "Each EVIDENCE is a bundle, a recorded folder or a file such as a flash image. The\n"
                "reference keeps it, so that a later decoder can derive its values again. A value\n"
                "that one of them has is good.\n\n"
                "  -o FILE           where the reference goes\n"
                "  --quality WORD    signed-vendor, vendor-image, golden-sample (the default),\n"
                "                    peer-consensus; or known-bad: each EVIDENCE is one file\n"
                "                    that must not be found, and nothing is good by it\n"
                "  --authority WHO   on whose word these machines are good\n"
                "  --time T          when it was learned (RFC 3339); not stated when left out\n"
                "  --json            one JSON object\n"
                "  --help            print this help\n\n"
                "Exit status: 0 written, 2 trouble of our own.\n",
        .run = verb_learn,
    },
    {
        .name = "ledger",
        .synopsis = "init|epoch|prove|status|rekey|nonce|sample [OPTION]... DIR [RESULT]...",
        .summary = "Keep a ledger of all servers, each in it once",
        .help = "What is published of it are DIR/epochs; DIR/private must not be.\n\n"
                "  init DIR             makes a ledger, called --origin, with its secrets\n"
                "  epoch DIR RESULT...  the next epoch: these servers as they were judged\n"
                "                       ('assay appraise -o', signed or not), all others as before\n"
                "  prove DIR            the proof of what the last epoch has for --id, to -o\n"
                "  status DIR           what the last epoch says\n"
                "  rekey DIR            an epoch that changes every pseudonym and nothing else\n"
                "  nonce DIR            the nonce of --id for its next evidence, from --checkpoint\n"
                "  sample DIR           the next epoch commits to a random sample; with --seed,\n"
                "                       which servers it drew\n\n"
                "  --origin NAME           whose fleet it is, as example.com/fleet\n"
                "  --evidence PATH         a bundle or recorded folder that a RESULT judges\n"
                "  --identities FILE       lines \"EVIDENCE KIND=ID\": what evidence does not say\n"
                "  --remove KIND=ID=WHY    it left: returned, sold, scrapped, held-as-evidence\n"
                "  --resolve KIND=ID=HEX   it was doubted and is clean: SHA-256 of what showed it\n"
                "  --site NAME             where these servers stand (an attribute)\n"
                "  --batch NAME            with which purchase they came (an attribute)\n"
                "  --checkpoint FILE       the checkpoint from which nonces come\n"
                "  --as-of TIME            of the epoch (RFC 3339, UTC); without it, now\n"
                "  --key FILE              the operator's private key ('assay key make')\n"
                VERB_HELP_PASSPHRASE
                "  --id KIND=ID            ek=HEX, board=MAKER/SERIAL, nic-mac=HEX, ...\n"
                "  --open NAME             show this attribute (verdict, result, model, ...)\n"
                "  --alias KIND            show the names of this kind\n"
                "  --log DIR               with the proof that this log has the statement\n"
                "  --method ID             for which method of methods.json servers are drawn\n"
                "  --count N               how many; without it, as many as it takes:\n"
                "  --prevalence SHARE      to notice so many altered ones (1 %, or PART/OF)\n"
                "  --sensitivity SHARE     by a method that notices so many of them (1/1)\n"
                "  --confidence SHARE      with this confidence (95 %)\n"
                "  --source TEXT           where the public seed will come from\n"
                "  --not-before TIME       when it is known at the earliest\n"
                "  --seed HEX              the seed, 32 bytes\n"
                "  -o FILE                 where the proof goes\n"
                "  --json                  one JSON object\n"
                "  --help                  print this help\n\n"
                "Exit status: 0 good, 2 trouble of our own.\n",
        .run = verb_ledger,
    },
    {
        .name = "log",
        .synopsis = "init|append|checkpoint|prove|verify|monitor|stamp [OPTION]... DIR [WHAT]...",
        .summary = "Keep a transparency log that nobody can rewrite unseen",
        .help = "A log is a folder of static files (c2sp.org/tlog-tiles) that any web server can\n"
                "serve. What append has acknowledged is not lost.\n\n"
                "  init DIR              makes a log, called --origin, signed by --key\n"
                "  append DIR FILE...    appends the bytes of each FILE\n"
                "  checkpoint DIR        signs and publishes the tree as it is\n"
                "  prove DIR INDEX|FILE  the proof that an entry is in the published tree; with\n"
                "                        --old SIZE that it continues the tree of that size\n"
                "  verify DIR            reads all of it: every tile and entry, the checkpoint\n"
                "  monitor URL|DIR       a log of others: does it continue what --state has, and is\n"
                "                        all of it there?\n"
                "  stamp DIR             a time stamp (RFC 3161) over the published checkpoint: makes\n"
                "                        the --request, verifies and keeps the --response\n\n"
                "  --origin NAME           how the log is called, as example.com/log\n"
                "  --key FILE              its private key ('assay key make'); without it the one\n"
                "                          that init was given. For monitor: its KEY.pub\n"
                VERB_HELP_PASSPHRASE
                "  --old SIZE              a size that the tree had before\n"
                "  --policy FILE           who is believed (c2sp.org/tlog-policy): checkpoint has its\n"
                "                          witnesses cosign and publishes only with its quorum\n"
                "  --witness URL           one more witness to be asked; may be given more than once\n"
                "  --state FILE            what monitor has seen; made at first\n"
                "  --request FILE          where the request to an authority goes\n"
                "  --response FILE         the answer of the authority; with --old, to the request\n"
                "                          for the checkpoint of that size\n"
                "  --authority FILE        the certificate of the authority, or of who has issued it\n"
                "  -o FILE                 where the proof goes\n"
                "  --json                  one JSON object\n"
                "  --help                  print this help\n\n"
                "Exit status: 0 good, 1 the log is not sound, 2 trouble of our own, 3 not published:\n"
                "too few witnesses.\n",
        .run = verb_log,
    },
    {
        .name = "reads",
        .synopsis = "[--json] FILE FILE...",
        .summary = "Compare several readings of one flash part",
        .help = "Each FILE was read from the same part, along another path or once more. Says which\n"
                "bytes disagree, whether bits flip in one direction only, whether it repeats (with\n"
                "three readings or more), and which mechanism does that: fading bits, a stuck\n"
                "line, a short or repeated reading, or other content served in whole pages. The\n"
                "order of FILEs is the order in which they were read.\n\n"
                "  --json  one JSON object\n"
                "  --help  print this help\n\n"
                "Exit status: 0 all are equal, 1 they disagree or are blank, 2 trouble of our own.\n",
        .run = verb_reads,
    },
    {
        .name = "report",
        .synopsis = "[--html FILE] [--json] [--format FORMAT [--key KEY [--passphrase-file FILE]] "
                    "[--confirm FINGERPRINT]...] [--signer KEY.pub]... RESULT | EVIDENCE [--reference REF]... "
                    "[--peers EVIDENCE...|COHORT] [--since EVIDENCE] [--policy FILE] "
                    "[--dbx FILE] [--yara FILE] [--as-of TIME] [-o FILE]",
        .summary = "Write a result as a page that anyone can read",
        .help = "Shows a RESULT that 'assay appraise -o' kept, signed or not, or judges EVIDENCE with the same\n"
                "options as 'assay appraise' and shows that. The page stands by itself: verdict,\n"
                "findings with the bytes behind them, coverage, what cannot be excluded, digests.\n\n"
                "  --html FILE       where the page goes; without it text is printed\n"
                "  --format FORMAT   print it for other programs: jsonl (a line a finding), ocsf\n"
                "                    (a line an event, OCSF 1.6.0), sarif (SARIF 2.1.0), stix\n"
                "                    (STIX 2.1), ear (a signed RATS attestation result), html.\n"
                "                    ocsf, stix and ear need a result with a time: --as-of\n"
                "  --key KEY         of ear: the private key that signs ('assay key make')\n"
                VERB_HELP_PASSPHRASE
                "  --confirm FINGERPRINT\n"
                "                    of stix: a finding that somebody looked at and confirmed;\n"
                "                    nothing else is in the bundle; may be given more than once\n"
                "  --reference REF   a reference file, or known-good evidence\n"
                "  --peers ...       evidence of its siblings, or one cohort file\n"
                "  --since EVIDENCE  earlier evidence of the same machine\n"
                "  --policy FILE     what must be seen and judged\n"
                "  --dbx FILE        revoked digests that the machine's dbx must hold\n"
                "  --yara FILE       YARA rules, put to all that was decoded, decompressed\n"
                "  --as-of TIME      time of judgement (RFC 3339, UTC)\n"
                "  -o FILE           also write the result as a node\n"
                "  --signer KEY.pub  the RESULT must be signed by this key\n"
                "  --json            print one JSON object\n"
                "  --help            print this help\n\n"
                "Exit status: 0 written, whatever the verdict, 1 not signed by --signer, 2 trouble of our own.\n",
        .run = verb_report,
    },
    {
        .name = "rules",
        .synopsis = "[--json]",
        .summary = "List what findings there can be",
        .help = "One line a kind of finding: its id, its usual severity, what it says.\n"
                "\n"
                "  --json  one JSON object with the whole documents\n"
                "  --help  print this help\n"
                "\n"
                "Exit status: 0 good, 2 trouble of our own.\n",
        .run = verb_rules,
    },
    {
        .name = "sign",
        .synopsis = "--key KEY [-o FILE] [--log DIR] RESULT... | --check [--signer KEY.pub]... FILE",
        .summary = "Sign results, or say who has signed one",
        .help = "Puts each RESULT ('assay appraise -o') into a signed envelope: DSSE around an in-toto\n"
                "statement with the result node and its rendering in JSON. With --check: are they one,\n"
                "and who has signed?\n\n"
                "  --key KEY               the private key ('assay key make')\n"
                VERB_HELP_PASSPHRASE
                "  -o FILE                 where the envelope of one RESULT goes\n"
                "  --log DIR               appends the envelopes to a log, as one batch\n"
                "  --check                 looks at a signed result\n"
                "  --signer KEY.pub        it must be signed by one of these keys\n"
                "  --json                  one JSON object\n"
                "  --help                  print this help\n\n"
                "Exit status: 0 good, 1 not sound or not signed by --signer, 2 trouble of our own.\n",
        .run = verb_sign,
    },
    {
        .name = "statement",
        .synopsis = "[--json] FILE",
        .summary = "Say in plain words what a statement on a fleet amounts to",
        .help = "FILE is the statement of an epoch ('assay ledger'). From its numbers alone: what\n"
                "is claimed, by which methods with which measured sensitivity, on what dates,\n"
                "what could not be seen, and what cannot be concluded. Signatures, sums and the\n"
                "chain of epochs are for assay-audit.\n\n"
                "  --json  one JSON object\n"
                "  --help  print this help\n\n"
                "Exit status: 0 shown, 2 trouble of our own.\n",
        .run = verb_statement,
    },
    {
        .name = NULL,
    },
};
/* clang-format on */
