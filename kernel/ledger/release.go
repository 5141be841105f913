package ledger

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"

	"yunqiao/kernel/fault"
)

// ReleaseFormat is the format of a sealed release. A reader refuses what it does not know. Copies of the first format
// keep no text of their rules and are read as they are.
const (
	ReleaseFormat      = "yunqiao-release/2"
	firstReleaseFormat = "yunqiao-release/1"
)

// Release is everything that a sealed release rests on: its text, its figures as they are said, the record versions
// behind each with their digests, the rules, and who signed. Its digest is over its text, byte for byte.
type Release struct {
	Format     string            `json:"format"`
	Code       string            `json:"code"`
	Office     map[string]string `json:"office,omitempty"`
	Title      map[string]string `json:"title"`
	Audience   map[string]string `json:"audience,omitempty"`
	Kind       string            `json:"kind,omitempty"`
	Level      int               `json:"level"`
	Sample     bool              `json:"sample,omitempty"`
	ValidOn    string            `json:"valid_on"`
	KnownOn    int64             `json:"known_on"`
	SealedAt   int64             `json:"sealed_at"`
	Supersedes string            `json:"supersedes,omitempty"` // code of the release this one corrects
	Reason     map[string]string `json:"reason,omitempty"`
	// Text is what was typed, by language.
	Text map[string]string `json:"text"`
	// Said is what stands in the text for each bound figure, by language, in the order of the text.
	Said    map[string][]ReleaseSaid `json:"said"`
	Exempt  []ReleaseExempt          `json:"exempt,omitempty"`
	Figures []ReleaseFigure          `json:"figures"`
	Signed  []ReleaseSignature       `json:"signed"`
	// Sources are the titles of the sources that the records name, by id, as far as the release may give them.
	Sources map[string]map[string]string `json:"sources,omitempty"`
	Digests ReleaseDigests               `json:"digests"`
}

// ReleaseDigests are the digests of the parts, so that two releases can be compared part by part.
type ReleaseDigests struct {
	Text     string `json:"text"`
	Figures  string `json:"figures"`
	Evidence string `json:"evidence"`
	Rules    string `json:"rules"`
}

// ReleaseSaid is one place of a text in which a figure stands.
type ReleaseSaid struct {
	Figure int    `json:"figure"` // place in Figures
	Text   string `json:"text"`
	Under  string `json:"under,omitempty"` // the heading it stands under
	Line   int    `json:"line"`
}

// ReleaseExempt is a number of the text that is no figure, with the reason.
type ReleaseExempt struct {
	Lang string `json:"lang"`
	Text string `json:"text"`
	Why  string `json:"why"`
	Line int    `json:"line"`
}

// ReleaseFigure is one figure with its rule and its evidence.
type ReleaseFigure struct {
	Key       string            `json:"key"`
	Variant   string            `json:"variant"`
	Title     map[string]string `json:"title"`
	Unit      string            `json:"unit,omitempty"`
	ValidOn   string            `json:"valid_on"`
	From      string            `json:"from,omitempty"`
	To        string            `json:"to,omitempty"`
	Value     string            `json:"value"` // plain decimals
	Qualifier string            `json:"qualifier"`
	Number    string            `json:"number,omitempty"` // the number said, where it is not the value
	Part      string            `json:"part,omitempty"`
	Rule      ReleaseRule       `json:"rule"`
	Count     string            `json:"count,omitempty"` // digest that the count gave of itself
	Evidence  string            `json:"evidence"`        // digest over what was counted
	Counted   []ReleaseEntry    `json:"counted"`
	Near      []ReleaseEntry    `json:"near,omitempty"`
	Hidden    int               `json:"hidden,omitempty"` // near misses that the release may not show
	// Places are where what was counted lies, of a figure that a map shows; Unplaced is how much lies nowhere on it.
	Places   []ReleasePlace `json:"places,omitempty"`
	Unplaced int            `json:"unplaced,omitempty"`
}

// ReleasePlace is a place on a map of a release.
type ReleasePlace struct {
	Name map[string]string `json:"name"`
	Lon  string            `json:"lon"` // plain decimals
	Lat  string            `json:"lat"`
	N    int               `json:"n,omitempty"`
	Home bool              `json:"home,omitempty"` // a place of the office's own
}

// ReleaseRule is the rule that a figure was counted by.
type ReleaseRule struct {
	Version    string             `json:"version"`
	Title      map[string]string  `json:"title,omitempty"`
	Digest     string             `json:"digest"`
	Pack       string             `json:"pack,omitempty"`
	Cites      map[string]string  `json:"cites,omitempty"`
	Source     string             `json:"source,omitempty"`
	Conditions []ReleaseCondition `json:"conditions,omitempty"`
	// Text is the rule itself, of which Digest is the digest: by it the figure can be counted again for ever.
	Text string `json:"text,omitempty"`
	// Parts are the rules of the two figures of a quotient.
	Parts []ReleaseRule `json:"parts,omitempty"`
}

// texts tells whether the texts kept of a rule and of its parts are those of its digests.
func (r ReleaseRule) texts() bool {
	if r.Text != "" && SHA256([]byte(r.Text)) != "sha256:"+r.Digest {
		return false
	}
	return !slices.ContainsFunc(r.Parts, func(p ReleaseRule) bool { return p.Text == "" || !p.texts() })
}

// ReleaseCondition is one condition of a rule.
type ReleaseCondition struct {
	Name string            `json:"name"`
	Expr string            `json:"expr"`
	Says map[string]string `json:"says,omitempty"`
}

// ReleaseEntry is one record version: which it was, and its digest in the log. Its name is left out where the release
// may not show it.
type ReleaseEntry struct {
	Type    string              `json:"type"`
	ID      string              `json:"id"`
	VID     string              `json:"vid"`
	Digest  string              `json:"digest"`
	Level   int                 `json:"level"`
	State   string              `json:"state,omitempty"`
	Sample  bool                `json:"sample,omitempty"`
	Label   map[string]string   `json:"label,omitempty"`
	Sources []string            `json:"sources,omitempty"`
	Thing   string              `json:"thing,omitempty"` // what makes it one counted thing with others
	Because []map[string]string `json:"because,omitempty"`
}

// ReleaseSignature is one step of the sign-off.
type ReleaseSignature struct {
	Step    string            `json:"step"`
	By      string            `json:"by"`
	Name    map[string]string `json:"name,omitempty"`
	At      int64             `json:"at"`
	Opinion string            `json:"opinion"`
	Digest  string            `json:"digest"` // of what was signed
}

// Bytes writes the release in the one way over which its digest is taken.
func (r Release) Bytes() []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(r) // texts, numbers and lists always encode; maps are written by their sorted keys
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

// SHA256 is a digest as releases write it.
func SHA256(text []byte) string {
	d := sha256.Sum256(text)
	return "sha256:" + hex.EncodeToString(d[:])
}

// EvidenceDigest is the digest over what a figure counted, in whatever order it is given.
func EvidenceDigest(counted []ReleaseEntry) string {
	lines := make([]string, len(counted))
	for i, c := range counted {
		lines[i] = c.Type + " " + c.ID + " " + c.VID + " " + c.Digest + "\n"
	}
	slices.Sort(lines)
	return SHA256([]byte(strings.Join(lines, "")))
}

// Seal fills in the digests of the parts.
func (r *Release) Seal() {
	r.Format = ReleaseFormat
	for i := range r.Figures {
		r.Figures[i].Evidence = EvidenceDigest(r.Figures[i].Counted)
	}
	r.Digests = r.digests()
}

func (r *Release) digests() ReleaseDigests {
	of := func(v any) string {
		raw, _ := json.Marshal(v) // texts, numbers and lists always encode
		return SHA256(raw)
	}
	var figures, evidence, rules []string
	for _, f := range r.Figures {
		figures = append(figures, strings.Join([]string{f.Key, f.Variant, f.ValidOn, f.From, f.To, f.Qualifier, f.Number, f.Value}, " "))
		evidence = append(evidence, f.Evidence)
		rules = append(rules, f.Rule.Digest)
		for _, part := range f.Rule.Parts {
			rules = append(rules, part.Digest)
		}
	}
	return ReleaseDigests{Text: of([]any{r.Title, r.Text, r.Said}), Figures: of(figures), Evidence: of(evidence), Rules: of(rules)}
}

// ReadRelease reads a sealed release and checks that it is whole: its parts are those of its digests, every place of
// the text stands for a figure that is there, and every version behind a figure has a digest.
func ReadRelease(raw []byte) (Release, error) {
	var r Release
	if err := strict(raw, &r); err != nil {
		return r, fault.Because(err, fault.Invalid, "ledger.release.malformed", nil)
	}
	if r.Format != ReleaseFormat && r.Format != firstReleaseFormat {
		return r, fault.New(fault.Invalid, "ledger.proof.format", fault.Args{"format": r.Format, "known": ReleaseFormat})
	}
	if !bytes.Equal(r.Bytes(), raw) {
		return r, fault.New(fault.Invalid, "ledger.release.spelling", nil)
	}
	for _, f := range r.Figures {
		if f.Evidence != EvidenceDigest(f.Counted) {
			return r, fault.New(fault.Invalid, "ledger.release.evidence", fault.Args{"key": f.Key})
		}
		if slices.ContainsFunc(f.Counted, func(e ReleaseEntry) bool { return e.Digest == "" || e.VID == "" }) {
			return r, fault.New(fault.Invalid, "ledger.release.evidence", fault.Args{"key": f.Key})
		}
		if !f.Rule.texts() || r.Format == ReleaseFormat && f.Rule.Text == "" {
			return r, fault.New(fault.Invalid, "ledger.release.rule", fault.Args{"key": f.Key})
		}
	}
	for _, list := range r.Said {
		for _, s := range list {
			if s.Figure < 0 || s.Figure >= len(r.Figures) {
				return r, fault.New(fault.Invalid, "ledger.release.said", fault.Args{"text": s.Text})
			}
		}
	}
	if r.Digests != r.digests() {
		return r, fault.New(fault.Invalid, "ledger.release.parts", nil)
	}
	return r, nil
}

// Sealed is what the log testifies to of a release: the release, its digest and the page that was made of it.
type Sealed struct {
	Release Release
	Digest  string
	Page    string // digest of the page that leaves the house
}

// SealedIn reads the release out of the log entry of a proof.
func SealedIn(entry string) (Sealed, error) {
	var e struct {
		Type   string `json:"type"`
		Fields struct {
			Body   string `json:"body"`
			Code   string `json:"code"`
			Digest string `json:"digest"`
			Page   string `json:"page"`
		} `json:"fields"`
	}
	if err := json.Unmarshal([]byte(entry), &e); err != nil || e.Type != "sealedcopy" || e.Fields.Body == "" {
		return Sealed{}, fault.New(fault.Invalid, "ledger.release.none", nil)
	}
	if got := SHA256([]byte(e.Fields.Body)); got != e.Fields.Digest {
		return Sealed{}, fault.New(fault.Invalid, "ledger.release.digest", fault.Args{"found": got, "said": e.Fields.Digest})
	}
	r, err := ReadRelease([]byte(e.Fields.Body))
	if err != nil {
		return Sealed{}, err
	}
	if r.Code != e.Fields.Code {
		return Sealed{}, fault.New(fault.Invalid, "ledger.release.parts", nil)
	}
	return Sealed{Release: r, Digest: e.Fields.Digest, Page: SHA256([]byte(e.Fields.Page))}, nil
}
