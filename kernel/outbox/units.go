package outbox

import (
	"strings"
	"unicode/utf16"
)

// Units is what a text costs as a message to a telephone.
type Units struct {
	Parts int
	Used  int // signs, as the network counts them
	GSM   bool
}

// The alphabet of the networks (3GPP TS 23.038): what is in it takes one sign, what is in its extension two. A text with
// any other sign travels in UCS-2.
const (
	gsmPlain = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
	gsmMore  = "\f^{}\\[~]|€"
)

// How many signs one message has, alone and as a part of a longer text.
const (
	gsmAlone, gsmPart   = 160, 153
	wideAlone, widePart = 70, 67
)

// CountUnits counts a text as the networks do. A sign that takes two places is never divided between parts.
func CountUnits(text string) Units {
	if text == "" {
		return Units{GSM: true}
	}
	out := Units{GSM: true}
	var sizes []int
	for _, r := range text {
		switch {
		case strings.ContainsRune(gsmPlain, r):
			sizes = append(sizes, 1)
		case strings.ContainsRune(gsmMore, r):
			sizes = append(sizes, 2)
		default:
			out.GSM = false
		}
	}
	alone, part := gsmAlone, gsmPart
	if !out.GSM {
		alone, part = wideAlone, widePart
		sizes = sizes[:0]
		for _, r := range text {
			sizes = append(sizes, utf16.RuneLen(r))
		}
	}
	for _, n := range sizes {
		out.Used += n
	}
	out.Parts = 1
	if out.Used <= alone {
		return out
	}
	room := part
	for _, n := range sizes {
		if n > room {
			out.Parts++
			room = part
		}
		room -= n
	}
	return out
}
