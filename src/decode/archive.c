/* SPDX-License-Identifier: Apache-2.0 */
#include "decode/archive.h"

#include "decode/image_part.h"

void archive_open(struct decode *d, struct bytes name, struct span at)
{
    struct text t;

    text_init(&t, d->arena, name.len + sizeof("file:"));
    text_add(&t, bytes_of("file:"));
    text_add(&t, name);
    decode_open_bytes(d, ITEM_MAP, text_bytes(&t));
    d->out->items[d->item].span = at;
    decode_value_at(d, KEY_ARCHIVE_NAME, value_text(name), at);
}

void archive_unpacked(struct decode *d, struct span packed, struct bytes content,
                      const char *method)
{
    uint32_t blob = decode_derive(d, packed, content, method);

    decode_digest(d, KEY_PART_PACKED_DIGEST, decode_span_bytes(d, packed), packed);
    decode_claimed_region(d, packed, CLASS_COMPRESSED);
    image_file_at(d, (struct span){blob, 0, content.len}, CLASS_DATA);
}

void archive_unread(struct decode *d, struct span packed, enum byte_class class)
{
    decode_value_at(d, KEY_DATA_LENGTH, value_uint(packed.length),
                    (struct span){packed.blob, packed.offset, 0});
    decode_digest(d, KEY_PART_DIGEST, decode_span_bytes(d, packed), packed);
    decode_claimed_region(d, packed, class);
}
