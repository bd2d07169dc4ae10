/* SPDX-License-Identifier: Apache-2.0 */
#include "app/judge.h"

#include <string.h>

#include "app/policy_file.h"
#include "app/yara_judge.h"
#include "appraise/compare.h"
#include "appraise/peers.h"
#include "appraise/rule.h"
#include "appraise/witness.h"
#include "base/file.h"
#include "decode/engine.h"

/* Adds the evidence at one path and lets go of what was decoded from it. */
static bool cohort_add_path(struct cohort *c, const char *path, struct err *e)
{
    struct arena scratch;
    struct subject s;

    arena_init(&scratch);
    bool good = subject_load(path, &scratch, &s, e) &&
                cohort_subject_add(c, &s, s.evidence.subject, false, e);

    arena_done(&scratch);
    return good || err_wrap(e, "peer %s", path);
}

bool cohort_load(const char *const *paths, size_t count, struct arena *a, struct cohort **ret,
                 struct err *e)
{
    struct cohort_options options = {.decoders = decoder_set_digest(), .keep_nodes = true};
    struct bytes file;
    struct digest node;
    struct digest decoders;
    struct err not_a_cohort;

    if (count == 1 && !path_is_folder(paths[0])) {
        if (!file_map(paths[0], LOAD_MAX, a, &file, e))
            return false;
        if (cohort_pack_digest(file, &node, &decoders, &not_a_cohort)) {
            *ret = cohort_unpack(file, &options, a, e);
            return *ret != NULL || err_wrap(e, "%s", paths[0]);
        }
    }
    *ret = cohort_new(a, &options);
    for (size_t i = 0; i < count; i++) {
        if (!cohort_add_path(*ret, paths[i], e))
            return false;
    }
    return true;
}

/*
 * Whether a tree has something that this surface was compared with: the same along the same
 * path, or a file, or what a file is compared with. What the other machine did not see whole
 * cannot tell what was added here.
 */
static bool tree_has_surface(const struct tree *tree, const struct surface_coverage *row,
                             struct arena *a)
{
    const char *surface = surface_mount(row->surface);
    const char *place = arena_format(a, "%s@%s", surface, row->witness);
    const char *any = arena_format(a, "%s@", surface);
    const struct tree_node *root = &tree->nodes[0];
    uint32_t same = tree_child(tree, 0, bytes_of(place));

    if ((same != TREE_NONE && !tree->nodes[same].incomplete) ||
        tree_child(tree, 0, bytes_of(arena_format(a, "%s@document", surface))) != TREE_NONE)
        return true;
    for (uint32_t i = root->first; i < root->first + root->count; i++) {
        if (strcmp(row->witness, "document") == 0 &&
            bytes_starts_with(tree->nodes[i].name, any))
            return true;
    }
    return false;
}

/* Notes for every surface whether `judge` had something of it in `tree`. */
static void note_judged(struct appraisal *r, const struct tree *tree, enum judge judge)
{
    for (size_t i = 0; i < r->coverage.count; i++) {
        struct surface_coverage *row = &r->coverage.rows[i];

        /* There is nothing to compare of what nobody tried to see. */
        if (row->state != COVERAGE_UNTRIED && tree_has_surface(tree, row, r->findings.arena))
            row->judged_by |= 1U << judge;
    }
}

static bool judge_references(const struct appraisal_request *q, struct arena *a,
                             struct appraisal *r, struct err *e)
{
    r->references = ARENA_ARRAY(a, struct digest, q->reference_count + 1);
    r->reference_count = q->reference_count;
    for (size_t i = 0; i < q->reference_count; i++) {
        struct reference_set set;

        if (!reference_load(q->references[i], a, &set, e))
            return err_wrap(e, "reference");
        r->references[i] = set.digest;
        if (set.node.quality == QUALITY_KNOWN_BAD) {
            reference_known_bad(&r->subject, set.machines, set.node.count, &r->findings);
            continue;
        }
        if (!reference_only_microcode(set.machines, set.node.count))
            reference_judge(&r->subject, set.machines, set.node.count,
                            quality_name(set.node.quality), &r->findings);
        reference_microcode(&r->subject, set.machines, set.node.count, &r->findings);
        for (size_t k = 0; k < set.node.count; k++)
            note_judged(r, &set.machines[k].tree, JUDGE_REFERENCE);
    }
    findings_mark_consequences(&r->findings, JUDGE_REFERENCE);
    return true;
}

/* Rules of YARA are named beside the references: who repeats the judgement needs them. */
static bool judge_yara(const struct appraisal_request *q, struct appraisal *r, struct err *e)
{
    if (q->yara == NULL)
        return true;
    return yara_judge(q->yara, &r->subject, &r->findings, &r->references[r->reference_count++],
                      e);
}

static bool judge_peers(const struct appraisal_request *q, struct arena *a, struct appraisal *r,
                        struct err *e)
{
    struct peers_result result;
    struct cohort *c = NULL;

    if (q->peer_count == 0)
        return true;
    if (!cohort_load(q->peers, q->peer_count, a, &c, e) ||
        !cohort_subject_add(c, &r->subject, r->subject.evidence.subject, true, e) ||
        !cohort_freeze(c, e) ||
        !peers_judge(c, &r->subject, &r->policy.peers, &r->findings, &result, e))
        return false;
    r->has_cohort = true;
    r->cohort = cohort_digest(c, a);
    r->members = cohort_size(c);
    findings_mark_consequences(&r->findings, JUDGE_PEERS);
    for (size_t i = 0; i < r->coverage.count; i++) {
        struct surface_coverage *row = &r->coverage.rows[i];
        const char *place = arena_format(a, "%s@%s", surface_mount(row->surface), row->witness);

        if (cohort_surface_voters(c, bytes_of(place)) >= r->policy.peers_enough)
            row->judged_by |= 1U << JUDGE_PEERS;
    }
    return true;
}

/* A change that was ordered stays in the list and weighs nothing. */
static void approve_changes(struct appraisal *r)
{
    for (size_t i = 0; i < r->findings.count; i++) {
        struct finding *row = &r->findings.rows[i];
        const struct approved_change *approved =
            row->judge == JUDGE_HISTORY
                ? policy_approval(&r->policy, row->path, row->value, r->as_of)
                : NULL;

        if (approved == NULL)
            continue;
        row->severity = SEVERITY_INFO;
        row->why = finding_words(&r->findings, "%.*s Approved: %.*s.", (int)row->why.len,
                                 (const char *)row->why.data, (int)approved->reason.len,
                                 (const char *)approved->reason.data);
    }
}

/* Evidence of another machine would explain every change away. */
static void check_same_machine(struct appraisal *r, const struct subject *before)
{
    struct arena *a = r->findings.arena;
    struct bytes now = subject_identity(&r->subject, a);
    struct bytes then = subject_identity(before, a);

    if (bytes_equal(now, then))
        return;
    findings_add(
        &r->findings,
        (struct finding){
            .id = "history.other-machine",
            .judge = JUDGE_HISTORY,
            .severity = SEVERITY_HIGH,
            .path = bytes_of("subject"),
            .node = TREE_NONE,
            .value = now,
            .expected = then,
            .why = finding_words(&r->findings,
                                 "The earlier evidence is of \"%.*s\", this is of "
                                 "\"%.*s\": another machine, or another identity.",
                                 (int)then.len, (const char *)then.data, (int)now.len,
                                 (const char *)now.data),
            .next = bytes_of("Make sure that both are evidence of one machine; if they "
                             "are, its identity was changed."),
        });
}

static bool judge_history(const struct appraisal_request *q, struct arena *a,
                          struct appraisal *r, struct err *e)
{
    struct subject *before = ARENA_NEW(a, struct subject);

    if (q->since == NULL)
        return true;
    if (!subject_load(q->since, a, before, e))
        return err_wrap(e, "earlier evidence");
    r->has_history = true;
    r->history = before->digest;
    check_same_machine(r, before);
    history_judge(&r->subject, before, &r->findings);
    rules_judge_history(&r->subject, before, &r->findings);
    findings_mark_consequences(&r->findings, JUDGE_HISTORY);
    approve_changes(r);
    note_judged(r, &before->tree, JUDGE_HISTORY);
    return true;
}

/*
 * The surface of a firmware image, if nothing else was given than that, alone or in its
 * package: there is no machine to have been seen whole. NULL for anything else.
 */
static const char *only_image(const struct subject *s)
{
    if (!evidence_is_file(&s->evidence))
        return NULL;
    if (tree_child(&s->tree, 0, bytes_of("flash@document")) != TREE_NONE)
        return "flash";
    if (tree_child(&s->tree, 0, bytes_of("bmc-flash@document")) != TREE_NONE)
        return "bmc-flash";
    return NULL;
}

bool appraise(const struct appraisal_request *q, struct arena *a, struct appraisal *ret,
              struct err *e)
{
    *ret = (struct appraisal){.as_of = q->as_of, .findings = {.arena = a}};
    if (!policy_load(q->policy, q->revoked, a, &ret->policy, e) ||
        !(q->given.data != NULL ? subject_take(q->evidence, q->given, a, &ret->subject, e)
                                : subject_load(q->evidence, a, &ret->subject, e)))
        return false;
    const char *image = only_image(&ret->subject);

    if (q->policy == NULL && image != NULL)
        policy_image(&ret->policy, image, a);
    /* The only kind of which a hostile input has very many. */
    findings_expect(&ret->findings, ret->subject.decoded.fault_count);
    coverage_build(&ret->subject, a, &ret->coverage);
    witness_judge(&ret->subject, &ret->findings, &ret->coverage);
    rules_judge(&ret->subject, &ret->policy, &ret->findings, &ret->coverage);
    if (!judge_references(q, a, ret, e) || !judge_yara(q, ret, e) ||
        !judge_peers(q, a, ret, e) || !judge_history(q, a, ret, e))
        return false;
    policy_apply(&ret->policy, q->as_of, &ret->findings);
    findings_sort(&ret->findings);
    coverage_unexplained(&ret->coverage, &ret->subject, a);
    ret->verdict = verdict_decide(
        &(struct verdict_input){&ret->findings, &ret->coverage, &ret->policy, ret->members}, a,
        &ret->gaps, &ret->residual);
    return true;
}

void appraisal_result(const struct appraisal *r, const struct appraisal_request *q,
                      struct arena *a, struct result *ret)
{
    *ret = (struct result){
        .tool = bytes_of("assay " ASSAY_VERSION),
        .as_of = r->as_of,
        .subject = subject_identity(&r->subject, a),
        .collected = r->subject.evidence.time,
        .verdict = r->verdict,
        .evidence = r->subject.digest,
        .decoders = decoder_set_digest(),
        .policy_name = r->policy.name,
        .policy = r->policy.digest,
        .references = ARENA_ARRAY(a, struct result_source, r->reference_count),
        .reference_count = r->reference_count,
        .has_cohort = r->has_cohort,
        .cohort = r->cohort,
        .members = r->members,
        .has_history = r->has_history,
        .history = r->history,
        .gaps = r->gaps,
        .residual = r->residual,
    };
    for (size_t i = 0; i < r->reference_count; i++)
        ret->references[i] = (struct result_source){
            bytes_of(i < q->reference_count ? q->references[i] : q->yara), r->references[i]};
    result_take(ret, &r->subject, &r->findings, &r->coverage, a);
    result_trust(ret);
}
