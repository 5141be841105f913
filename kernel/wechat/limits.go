package wechat

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"unicode/utf8"

	"yunqiao/kernel/fault"
)

// What the interface takes at most. A text must stay below the last two.
const (
	MostTitle   = 32
	MostAuthor  = 16
	MostDigest  = 128
	MostContent = 20_000  // characters
	MostBytes   = 1 << 20 // of the content, and of a picture in it
	MostCover   = 10 << 20
)

// Check holds a text to the limits before anything is sent: each finding is at its field.
func Check(x Article) (found []*fault.Error) {
	long := func(field, text string, most int) {
		if n := utf8.RuneCountInString(plain(text)); n > most {
			found = append(found, fault.At(field, "wechat.limit."+field, fault.Args{"n": n, "most": most, "over": n - most}))
		}
	}
	if strings.TrimSpace(x.Title) == "" {
		found = append(found, fault.At("title", "wechat.limit.no_title", nil))
	}
	long("title", x.Title, MostTitle)
	long("author", x.Author, MostAuthor)
	long("digest", x.Digest, MostDigest)
	content := plain(x.Content)
	switch n := utf8.RuneCountInString(content); {
	case strings.TrimSpace(content) == "":
		found = append(found, fault.At("content", "wechat.limit.no_content", nil))
	case n >= MostContent:
		found = append(found, fault.At("content", "wechat.limit.content", fault.Args{"n": n, "most": MostContent, "over": n - MostContent + 1}))
	case len(content) >= MostBytes:
		found = append(found, fault.At("content", "wechat.limit.bytes", fault.Args{"kb": len(content) >> 10}))
	}
	return found
}

// Picture is a picture on its way into the account.
type Picture struct {
	Name  string
	Bytes []byte
}

// kind is what a picture is, by its own first bytes and not by its name.
func (p Picture) kind() string { return http.DetectContentType(p.Bytes) }

// safeName is a name that says what the picture is, and nothing of where it came from.
func (p Picture) safeName() string {
	return "picture." + map[string]string{"image/jpeg": "jpg", "image/png": "png", "image/gif": "gif", "image/bmp": "bmp"}[p.kind()]
}

// FitsText tells what keeps a picture out of a text.
func (p Picture) FitsText() *fault.Error {
	switch k := p.kind(); {
	case k != "image/jpeg" && k != "image/png":
		return fault.At("pictures", "wechat.limit.picture_kind", fault.Args{"name": p.Name})
	case len(p.Bytes) >= MostBytes:
		return fault.At("pictures", "wechat.limit.picture", fault.Args{"name": p.Name, "kb": len(p.Bytes) >> 10})
	}
	return nil
}

// FitsCover tells what keeps a picture from being a cover.
func (p Picture) FitsCover() *fault.Error { return FitsCover(p.Name, p.kind(), int64(len(p.Bytes))) }

// FitsCover tells by its name and size whether a picture can be a cover, before it is read.
func FitsCover(name, kind string, size int64) *fault.Error {
	switch {
	case kind != "image/jpeg" && kind != "image/png" && kind != "image/gif" && kind != "image/bmp":
		return fault.At("cover", "wechat.limit.cover_kind", fault.Args{"name": name})
	case size > MostCover:
		return fault.At("cover", "wechat.limit.cover", fault.Args{"name": name, "mb": size >> 20})
	}
	return nil
}

// articleHost is where published texts are.
const articleHost = "mp.weixin.qq.com"

// shortLink is the path of a published text: /s/ and its name.
var shortLink = regexp.MustCompile(`^/s/[A-Za-z0-9_-]{10,64}$`)

// Published reads the link of a text that was published in an account. A link of a preview ends after a while and is
// refused, as is whatever leads elsewhere.
func Published(link string) (string, error) {
	u, err := url.Parse(strings.TrimSpace(link))
	if err != nil || u.Host != articleHost || u.Scheme != "https" && u.Scheme != "http" || u.User != nil {
		return "", fault.At("link", "wechat.link.host", nil)
	}
	q := u.Query()
	if q.Has("tempkey") || strings.Contains(u.Path, "tempkey") || q.Get("scene") == "preview" {
		return "", fault.At("link", "wechat.link.preview", nil)
	}
	out := url.URL{Scheme: "https", Host: articleHost, Path: u.Path}
	switch {
	case shortLink.MatchString(u.Path):
	case u.Path == "/s" && q.Get("__biz") != "" && q.Get("mid") != "" && q.Get("idx") != "" && q.Get("sn") != "":
		keep := url.Values{}
		for _, k := range []string{"__biz", "mid", "idx", "sn"} { // the rest says who shared it
			keep.Set(k, q.Get(k))
		}
		out.RawQuery = keep.Encode()
	default:
		return "", fault.At("link", "wechat.link.form", nil)
	}
	return out.String(), nil
}
