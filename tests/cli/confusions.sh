#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A file of this program in the place of another is refused, and named as what it is.
# shellcheck source=tests/cli/tap.sh
. "$(dirname "$0")/tap.sh"

recording one
recording two
"$ASSAY" learn -o a.reference one >out || exit 1
"$ASSAY" cohort -o a.cohort one two >out || exit 1
"$ASSAY" appraise one -o a.result >out
"$ASSAY" key make a.key --name a --no-passphrase >out || exit 1
"$ASSAY" appraise one --sign a.key -o a.signed >out

# refused KIND COMMAND...: trouble, in words that say what it is.
refused()
{
    words=$1
    shift
    "$ASSAY" "$@" >out 2>err
    [ $? = 2 ] && grep -q "is a $words.*, no evidence" err
}
for kind in reference cohort result signed; do
    words=$kind
    [ $kind != signed ] || words=result
    ok "a $kind is no evidence to appraise" refused $words appraise a.$kind
    ok "a $kind is no earlier evidence" refused $words appraise one --since a.$kind
    ok "a $kind is no sibling" refused $words appraise one --peers two a.$kind
    ok "a $kind cannot be learned from" refused $words learn -o x a.$kind
    ok "a $kind is no member of a cohort" refused $words cohort -o x one a.$kind
    ok "a $kind has no difference" refused $words diff one a.$kind
    [ $kind = reference ] || ok "a $kind is no reference" refused $words appraise one --reference a.$kind
done
ok "and none of them was written over" [ ! -e x ]
done_testing
