package record

import (
	"encoding/json"
	"strconv"
	"strings"

	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
)

// Fill sets one column of a record from text: a head column, a field, or a field's part after a dot ("name.zh").
// An unknown column is an error; "why" belongs to the save and is left alone.
func (k *Kind) Fill(rec any, column, value string) error {
	h := k.head(rec)
	value = strings.TrimSpace(value)
	switch column {
	case "id":
		h.ID = value
	case "valid_from":
		return setDay(&h.From, column, value, -clock.Open)
	case "valid_to":
		return setDay(&h.To, column, value, clock.Open)
	case "state":
		h.State = value
	case "unit":
		h.Unit = value
	case "level":
		if value == "" {
			h.Level = k.Level
			return nil
		}
		n, err := strconv.Atoi(value)
		if err != nil || n < 0 || n > 2 {
			return fault.At("level", "record.level.unknown", nil)
		}
		h.Level = n
	case "sample":
		h.Sample = value == "1" || value == "true"
	case "why":
	case "sources":
		h.Sources = strings.Fields(value)
	case "claims":
		h.Claims = nil
		if value == "" {
			return nil
		}
		if err := json.Unmarshal([]byte(value), &h.Claims); err != nil {
			return fault.At("claims", "record.claim.shape", nil)
		}
	default:
		name, sub, _ := strings.Cut(column, ".")
		f := k.byName[name]
		if f == nil {
			return fault.At(column, "record.column.unknown", fault.Args{"column": column})
		}
		return f.set(rec, sub, value)
	}
	return nil
}

// Row gives a record as the values of columns, the reverse of Fill. Claims and parts are JSON.
func (k *Kind) Row(rec any, columns []string) []string {
	h := k.head(rec)
	vals := map[string]string{}
	for _, f := range k.Fields {
		for _, in := range f.inputs(rec) {
			vals[in.Name] = in.Value
		}
	}
	out := make([]string, len(columns))
	for i, c := range columns {
		switch c {
		case "id":
			out[i] = h.ID
		case "valid_from":
			out[i] = h.From.String()
		case "valid_to":
			out[i] = h.To.String()
		case "state":
			out[i] = h.State
		case "unit":
			out[i] = h.Unit
		case "level":
			out[i] = strconv.Itoa(h.Level)
		case "sample":
			out[i] = strconv.FormatInt(bit(h.Sample), 10)
		case "why":
			out[i] = h.Why
		case "sources":
			out[i] = strings.Join(h.Sources, " ")
		case "claims":
			out[i] = claimsJSON(h.Claims)
		default:
			out[i] = vals[c]
		}
	}
	return out
}

// SheetColumns lists the columns of an export: the head, then every field with its parts; texts in several languages
// in the languages given.
func (k *Kind) SheetColumns(langs ...string) []string {
	out := []string{"id"}
	if k.IsDate {
		out = append(out, "valid_from", "valid_to")
	}
	out = append(out, "state", "unit", "level", "sample")
	for _, f := range k.Fields {
		switch f.Kind {
		case KindI18n:
			for _, l := range langs {
				out = append(out, f.Name+"."+l)
			}
		default:
			for _, in := range f.inputs(k.fresh()) {
				out = append(out, in.Name)
			}
		}
	}
	return append(out, "sources", "claims")
}
