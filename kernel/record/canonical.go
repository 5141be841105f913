package record

import (
	"slices"
	"strconv"

	"yunqiao/kernel/access"
)

// Canonical is the version as one line of JSON: what the ledger's digest is taken of. Empty fields are left out, so
// that a field added later does not change old digests.
func (k *Kind) Canonical(rec any) []byte {
	return append(trimComma(k.appendMembers(make([]byte, 0, 1024), rec, nil)), '}')
}

// AppendJSON appends the version as the API gives it to a person: the canonical form without the fields that this
// person may not see, and with the label. What is sealed is never in it.
func (k *Kind) AppendJSON(dst []byte, rec any, who access.Who) []byte {
	h := k.head(rec)
	dst = k.appendMembers(dst, rec, func(f *Field) bool { return f.ShownTo(who, h.Path[:]) })
	if h.RecordedTo != 0 {
		dst = append(strconv.AppendInt(append(dst, `"recorded_to":`...), h.RecordedTo, 10), ',')
	}
	if h.Disputed > 0 {
		dst = append(strconv.AppendInt(append(dst, `"disputed":`...), int64(h.Disputed), 10), ',')
	}
	if l := h.Label.JSON(); l != "" {
		dst = append(append(append(dst, `"label":`...), l...), ',')
	}
	return append(trimComma(dst), '}')
}

// ShownTo tells whether a person may see the field in a record that belongs to the unit path. Sealed fields are not
// shown but opened, with a reason.
func (f *Field) ShownTo(who access.Who, path []string) bool {
	switch {
	case f.Kind == KindSealed:
		return false
	case f.Secret == 0 || who.System:
		return true
	case f.Secret == 1:
		return who.Known()
	}
	for _, s := range who.Seats {
		if u := s.Unit(); u != "" && slices.Contains(path, u) {
			return true
		}
	}
	return false
}

// appendMembers writes the members in the order of their names, each with a comma behind it.
func (k *Kind) appendMembers(b []byte, rec any, shown func(*Field) bool) []byte {
	h := k.head(rec)
	b = append(b, '{')
	b = member(b, `"act":`, h.Act)
	b = member(b, `"by":`, h.By)
	if len(h.Claims) > 0 {
		b = append(append(append(b, `"claims":`...), claimsJSON(h.Claims)...), ',')
	}
	b = append(b, `"fields":{`...)
	for _, f := range k.sorted {
		if shown != nil && !shown(f) {
			continue
		}
		before := len(b)
		b = append(quote(b, f.Name), ':')
		value := len(b)
		if b = f.json(b, rec); len(b) == value {
			b = b[:before]
			continue
		}
		b = append(b, ',')
	}
	b = append(trimComma(b), "},"...)
	b = member(b, `"id":`, h.ID)
	b = append(strconv.AppendInt(append(b, `"level":`...), int64(h.Level), 10), ',')
	b = append(strconv.AppendInt(append(b, `"recorded_from":`...), h.RecordedFrom, 10), ',')
	b = append(strconv.AppendInt(append(b, `"rev":`...), h.Rev, 10), ',')
	if h.Sample {
		b = append(b, `"sample":true,`...)
	}
	if len(h.Sources) > 0 {
		b = append(list(append(b, `"sources":`...), h.Sources), ',')
	}
	b = member(b, `"state":`, h.State)
	b = member(b, `"type":`, k.Name)
	b = member(b, `"unit":`, h.Unit)
	b = member(b, `"valid_from":`, h.From.String())
	b = member(b, `"valid_to":`, h.To.String())
	b = member(b, `"vid":`, h.VID)
	return member(b, `"why":`, h.Why)
}

func member(b []byte, name, value string) []byte {
	if value == "" {
		return b
	}
	return append(quote(append(b, name...), value), ',')
}

func trimComma(b []byte) []byte {
	if n := len(b); n > 0 && b[n-1] == ',' {
		return b[:n-1]
	}
	return b
}
