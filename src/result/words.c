/* SPDX-License-Identifier: Apache-2.0 */
#include "result/words.h"

const char *verdict_meaning(enum verdict v)
{
    switch (v) {
    case VERDICT_CLEAN:
        return "Everything that the policy requires was seen, was compared with something "
               "known, "
               "and agrees with it.";
    case VERDICT_SUSPECT:
        return "Something about this machine is not as it should be. It must not be trusted "
               "until the findings below are explained.";
    case VERDICT_INCOMPLETE:
        return "Nothing bad was found, but not enough was seen or compared to call this "
               "machine "
               "clean.";
    }
    return "";
}

const char *coverage_meaning(enum coverage_state s)
{
    switch (s) {
    case COVERAGE_SEEN:
        return "read whole";
    case COVERAGE_PARTIAL:
        return "read in part";
    case COVERAGE_ABSENT:
        return "the machine does not have it";
    case COVERAGE_REFUSED:
        return "there, and reading it was refused";
    case COVERAGE_UNSUPPORTED:
        return "this system cannot give it";
    case COVERAGE_FAILED:
        return "reading it failed";
    case COVERAGE_UNTRIED:
        return "nobody looked";
    case COVERAGE_EXCLUDED:
        return "left out on purpose";
    }
    return "";
}

/* A word of ours and what it means to a reader who does not know it. */
struct word {
    const char *name;
    const char *meaning;
};

static const struct word surfaces[] = {
    {"acpi",       "ACPI tables"                         },
    {"bmc",        "management controller"               },
    {"bmc-flash",  "flash of the management controller"  },
    {"capsule",    "update package of firmware"          },
    {"cpu",        "processors and their microcode"      },
    {"efi",        "UEFI firmware"                       },
    {"efivar",     "UEFI variables and Secure Boot"      },
    {"eventlog",   "log of measured boot"                },
    {"flash",      "firmware flash"                      },
    {"fru",        "inventory in the controller"         },
    {"ima",        "files that the kernel measured"      },
    {"iommu",      "protection of memory against devices"},
    {"kernel",     "kernel"                              },
    {"modules",    "kernel modules"                      },
    {"net",        "network interfaces"                  },
    {"option-rom", "ROMs of expansion cards"             },
    {"pci",        "PCI devices"                         },
    {"sdr",        "list of sensors"                     },
    {"sel",        "event log of the controller"         },
    {"smbios",     "inventory in firmware"               },
    {"smbus",      "devices on the SMBus"                },
    {"spd",        "identity chips of the memory modules"},
    {"tpm",        "trusted platform module"             },
    {"usb",        "USB devices"                         },
};

static const struct word witnesses[] = {
    {"host-kernel",   "the host's kernel"        },
    {"host-firmware", "the host's firmware"      },
    {"tpm",           "the TPM itself"           },
    {"bmc",           "the management controller"},
    {"device-signed", "the device, signed"       },
    {"programmer",    "a programmer from outside"},
    {"camera",        "a camera"                 },
    {"network-tap",   "a tap on the network"     },
    {"document",      "a document"               },
};

static struct bytes word_meaning(const struct word *words, size_t count, struct bytes name)
{
    for (size_t i = 0; i < count; i++) {
        if (bytes_equal_text(name, words[i].name))
            return bytes_of(words[i].meaning);
    }
    return name;
}

struct bytes surface_words(struct bytes surface)
{
    return word_meaning(surfaces, ARRAY_LEN(surfaces), surface);
}

struct bytes witness_words(struct bytes witness)
{
    return word_meaning(witnesses, ARRAY_LEN(witnesses), witness);
}

const char *judge_words(enum judge j)
{
    switch (j) {
    case JUDGE_REFERENCE:
        return "compared with a reference";
    case JUDGE_PEERS:
        return "compared with its siblings";
    case JUDGE_HISTORY:
        return "compared with its own past";
    case JUDGE_WITNESS:
        return "two witnesses of one fact";
    case JUDGE_RULE:
        return "known to be bad or unsafe";
    }
    return "";
}

bool finding_counts(const struct result_finding *f)
{
    return f->severity >= SEVERITY_MEDIUM && f->waived.len == 0;
}

size_t findings_at(const struct result *r, enum severity s)
{
    size_t n = 0;

    for (size_t i = 0; i < r->finding_count; i++)
        n += r->findings[i].severity == s && r->findings[i].waived.len == 0;
    return n;
}

void text_centibits(struct text *t, uint32_t centibits)
{
    text_printf(t, "%u.%02u", centibits / 100, centibits % 100);
}

void text_digest(struct text *t, const struct digest *d)
{
    text_puts(t, "sha256:");
    text_hex(t, (struct bytes){d->bytes, sizeof(d->bytes)});
}
