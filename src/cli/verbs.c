/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/verb.h"
#include "collect/command.h"

const struct verb verbs[] = {
    {
     .name = "bundle",
     .synopsis = "list|extract|redact|seal|verify [OPTION]... FILE [WHAT]...",
     .summary = "Look into, take apart, redact, seal or verify a bundle",
     .help =
            "A bundle is verified whenever it is read.\n\n"
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
            "own.\n", .run = verb_bundle,
     },
    {
     .name = "collect",
     .synopsis = COLLECT_COMMAND_SYNOPSIS,
     .summary = "Collect evidence into a bundle",
     .help = COLLECT_COMMAND_HELP,
     .run = verb_collect,
     },
    {
     .name = "decode",
     .synopsis = "[--as FORMAT] [--label NAME] [--json] [--map] FILE...",
     .summary = "Decode files into claims",
     .help =
            "Each FILE ('-' is standard input) is decoded by the decoder that recognises it\n"
            "and its claims, faults and byte map are printed.\n\n"
            "  --as FORMAT   use this decoder ('assay formats' lists them)\n"
            "  --label NAME  the name under which the bytes were found, instead of the file's\n"
            "  --json        JSON Lines, one object a file\n"
            "  --map         also print the byte map\n"
            "  --help        print this help\n\n"
            "Exit status: 0 no fault in any file, 1 a fault, 2 trouble of our own.\n", .run = verb_decode,
     },
    {
     .name = "diff",
     .synopsis = "[--all] [--json] A B",
     .summary = "Say what differs between two files, bundles or recordings",
     .help =
            "Compares by meaning: maps by name, sets by content, lists by longest common\n"
            "part. What follows from another change is marked; what one side did not see is\n"
            "'unseen'.\n\n"
            "  --all   also what is assigned by the machine or volatile\n"
            "  --json  one JSON object\n"
            "  --help  print this help\n\n"
            "Exit status: 0 nothing differs but what belongs to one machine or was unseen,\n"
            "1 something differs, 2 trouble of our own.\n", .run = verb_diff,
     },
    {
     .name = "learn",
     .synopsis =
            "[--quality WORD] [--authority WHO] [--time T] [--json] -o FILE EVIDENCE...", .summary = "Make reference values from known-good evidence",
     .help =
            "Each EVIDENCE is a bundle or a recorded folder. The reference keeps it, so that\n"
            "a later decoder can derive its values again. A value that one of them has is\n"
            "good.\n\n"
            "  -o FILE           where the reference goes\n"
            "  --quality WORD    signed-vendor, vendor-image, golden-sample (the default),\n"
            "                    peer-consensus or known-bad\n"
            "  --authority WHO   on whose word these machines are good\n"
            "  --time T          when it was learned (RFC 3339); not stated when left out\n"
            "  --json            one JSON object\n"
            "  --help            print this help\n\n"
            "Exit status: 0 written, 2 trouble of our own.\n", .run = verb_learn,
     },
    {
     .name = NULL,
     },
};
