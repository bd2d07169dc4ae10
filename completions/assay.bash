# SPDX-License-Identifier: Apache-2.0
# Bash completion of assay. Made by tools/make-pages from the program's help.
_assay()
{
    local word=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} options= actions=

    if [ "$COMP_CWORD" = 1 ]; then
        mapfile -t COMPREPLY < <(compgen -W 'appraise bundle cohort collect cosign decode diff explain formats key learn ledger log reads report rules sign statement --help --version' -- "$word")
        return
    fi
    if [ "$previous" = --as ]; then
        mapfile -t COMPREPLY < <(compgen -W "$(assay formats 2>/dev/null |
            sed -n 's/^\([a-z0-9-]*\)  .*/\1/p')" -- "$word")
        return
    fi
    case $COMP_CWORD${COMP_WORDS[1]} in
    2bundle) actions='list extract redact seal verify' ;;
    2key) actions='make list rotate revoke' ;;
    2ledger) actions='init epoch prove status rekey nonce sample' ;;
    2log) actions='init append checkpoint prove verify monitor stamp' ;;
    esac
    case ${COMP_WORDS[1]} in
    appraise) options='--as-of --dbx --help --html --json --passphrase-fd --passphrase-file --peers --policy --reference --sign --since --yara -o' ;;
    bundle) options='--help --json --key --new-key --zstd -o' ;;
    cohort) options='--help --json -o' ;;
    collect) options='--allow --chip --help --json --output --programmer --reads --root --salt --subject --time --zstd -o' ;;
    cosign) options='--help --key --listen --passphrase-fd --passphrase-file --policy' ;;
    decode) options='--as --help --html --json --label --map' ;;
    diff) options='--all --help --html --json' ;;
    explain) options='--help --json' ;;
    formats) options='--help --json --markdown' ;;
    key) options='--at --by --help --json --name --no-passphrase --passphrase-fd --passphrase-file --reason --witness -o' ;;
    learn) options='--authority --help --json --quality --time -o' ;;
    ledger) options='--alias --as-of --batch --checkpoint --confidence --count --evidence --help --id --identities --json --key --log --method --not-before --open --origin --passphrase-fd --passphrase-file --prevalence --remove --resolve --seed --sensitivity --site --source -o' ;;
    log) options='--authority --help --json --key --old --origin --passphrase-fd --passphrase-file --policy --request --response --state --witness -o' ;;
    reads) options='--help --json' ;;
    report) options='--as-of --confirm --dbx --format --help --html --json --key --passphrase-fd --passphrase-file --peers --policy --reference --signer --since --yara -o' ;;
    rules) options='--help --json' ;;
    sign) options='--check --help --json --key --log --passphrase-fd --passphrase-file --signer -o' ;;
    statement) options='--help --json' ;;
    esac
    if [ -n "$actions" ] && [ "${word#-}" = "$word" ]; then
        mapfile -t COMPREPLY < <(compgen -W "$actions" -- "$word")
        return
    fi
    case $word in
    -*) mapfile -t COMPREPLY < <(compgen -W "$options" -- "$word") ;;
    *) mapfile -t COMPREPLY < <(compgen -f -- "$word") ;;
    esac
}
complete -o filenames -F _assay assay
