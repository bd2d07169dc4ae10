/* SPDX-License-Identifier: Apache-2.0 */
/*
 * assay-fetch: HTTP for `assay log`, in a program of its own, so that the other need not load
 * what it takes. Reads requests from standard input, "GET MAX URL" or "POST MAX LENGTH URL" and
 * a body of LENGTH bytes, and answers each with "STATUS LENGTH" and a body of at most MAX
 * bytes; status 0 is trouble in words. Each line ends with a newline.
 */
#include <curl/curl.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/text.h"

enum {
    LINE_MAX_SIZE = 8192,
    BODY_MAX = 256 << 20,
    SECONDS_MAX = 60,
    CONNECT_SECONDS_MAX = 15
};

/* One request. */
struct request {
    bool post;
    uint64_t max;
    uint64_t length;
    const char *url;
    struct bytes body;
};

static bool line_parse(struct bytes line, struct arena *a, struct request *ret)
{
    struct bytes method;
    struct bytes word;

    *ret = (struct request){.post = false};
    if (!bytes_cut(&line, ' ', &method) || !bytes_cut(&line, ' ', &word) ||
        !bytes_number(word, 10, &ret->max) || ret->max > BODY_MAX)
        return false;
    ret->post = bytes_equal_text(method, "POST");
    if (ret->post && (!bytes_cut(&line, ' ', &word) || !bytes_number(word, 10, &ret->length) ||
                      ret->length > BODY_MAX))
        return false;
    ret->url = arena_text(a, line);
    return ret->post || bytes_equal_text(method, "GET");
}

static bool request_read(struct arena *a, struct request *ret)
{
    char line[LINE_MAX_SIZE];

    if (fgets(line, sizeof(line), stdin) == NULL)
        return false;
    struct bytes b = bytes_of(line);

    if (b.len == 0 || b.data[b.len - 1] != '\n' ||
        !line_parse(bytes_slice(b, 0, b.len - 1), a, ret))
        return false;
    uint8_t *body = arena_alloc(a, (size_t)ret->length + 1);

    ret->body = (struct bytes){body, (size_t)ret->length};
    return fread(body, 1, ret->body.len, stdin) == ret->body.len;
}

static size_t take(char *data, size_t size, size_t count, void *user)
{
    struct text *t = user;

    text_add(t, (struct bytes){(const uint8_t *)data, size * count});
    return t->overflow ? 0 : size * count;
}

static bool answer(long status, struct bytes body)
{
    return printf("%ld %zu\n", status, body.len) > 0 &&
           fwrite(body.data, 1, body.len, stdout) == body.len && fflush(stdout) == 0;
}

static bool serve(CURL *c, const struct request *r, struct arena *a)
{
    char words[CURL_ERROR_SIZE] = "";
    long status = 0;
    struct text t;

    text_init(&t, a, (size_t)r->max);
    curl_easy_reset(c);
    (void)curl_easy_setopt(c, CURLOPT_URL, r->url);
    (void)curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
    (void)curl_easy_setopt(c, CURLOPT_ERRORBUFFER, words);
    (void)curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, take);
    (void)curl_easy_setopt(c, CURLOPT_WRITEDATA, &t);
    (void)curl_easy_setopt(c, CURLOPT_TIMEOUT, (long)SECONDS_MAX);
    (void)curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_SECONDS_MAX);
    (void)curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
    (void)curl_easy_setopt(c, CURLOPT_ACCEPT_ENCODING, "");
    if (r->post) {
        (void)curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)r->body.len);
        (void)curl_easy_setopt(c, CURLOPT_POSTFIELDS, r->body.data);
    }
    CURLcode code = curl_easy_perform(c);

    if (t.overflow)
        return answer(0, bytes_of("the answer is too large"));
    if (code != CURLE_OK)
        return answer(0, bytes_of(words[0] != '\0' ? words : curl_easy_strerror(code)));
    (void)curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &status);
    return answer(status, text_bytes(&t));
}

int main(void)
{
    CURL *c = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK ? curl_easy_init() : NULL;
    bool more = c != NULL;

    while (more) {
        struct request r;
        struct arena a;

        arena_init(&a);
        more = request_read(&a, &r) && serve(c, &r, &a);
        arena_done(&a);
    }
    curl_easy_cleanup(c);
    return c != NULL ? 0 : 2;
}
