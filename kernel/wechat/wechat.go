// Package wechat speaks to the interface of an official account: it puts drafts with their pictures into the account's draft
// box, and changes and deletes them there. It never publishes: that is for a person. It is called from jobs only: nothing
// leaves the program inside a transaction.
package wechat

import (
	"bytes"
	"context"
	"embed"
	"encoding/json"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
)

// Words are the phrases of the package.
//
//go:embed words/*.json
var Words embed.FS

// Public is where the interface is, unless the settings name a way through the office's own network.
const Public = "https://api.weixin.qq.com"

const (
	// answerTime is how long an answer may take.
	answerTime = 40 * time.Second
	// mostAnswer is how much of an answer is read: twenty drafts with their texts.
	mostAnswer = 24 << 20
	// early is how long before its end a token is asked for again. The interface gives the next one five minutes before,
	// and takes both until then.
	early = 3 * time.Minute
	// forceRest is how long the program waits before it has a token made anew once more: the interface does so twenty times a
	// day, and not twice in half a minute.
	forceRest = 75 * time.Minute
)

// Account is an official account, as the settings of the office name it. All drafts of a process go through one Account: it
// alone holds the token.
type Account struct {
	Address string // of the interface; "" is Public
	App     string // the account's AppID
	Secret  string // the account's AppSecret; it is never logged
	Clock   *clock.Clock

	mu     sync.Mutex // held while a token is fetched, so that two who need one never fetch two
	token  string
	until  int64
	forced int64
}

// wire speaks to the one address it was given, and follows nobody elsewhere.
var wire = &http.Client{Timeout: answerTime, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}

// Check finds what cannot be right in the settings, without asking the interface.
func (a *Account) Check() error {
	if u, err := url.Parse(a.at()); err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return fault.New(fault.Invalid, "wechat.config.address", fault.Args{"value": a.Address})
	}
	if strings.TrimSpace(a.App) == "" || strings.TrimSpace(a.Secret) == "" {
		return fault.New(fault.Invalid, "wechat.config.both", nil)
	}
	return nil
}

func (a *Account) at() string {
	if a.Address == "" {
		return Public
	}
	return strings.TrimSuffix(a.Address, "/")
}

// Token gives the token of the account: the one that is kept, or a new one. What was found to be stale is not given again.
func (a *Account) Token(ctx context.Context, stale string) (string, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	now := a.Clock.Now()
	if a.token != "" && a.token != stale && now < a.until {
		return a.token, nil
	}
	ask := map[string]any{"grant_type": "client_credential", "appid": a.App, "secret": a.Secret}
	if stale != "" && stale == a.token && (a.forced == 0 || now-a.forced > forceRest.Milliseconds()) {
		ask["force_refresh"], a.forced = true, now
	}
	body, err := encode(ask)
	if err != nil {
		return "", err
	}
	var got struct {
		Token   string `json:"access_token"`
		Expires int64  `json:"expires_in"`
	}
	a.token = ""
	if err := a.post(ctx, "", a.at()+"/cgi-bin/stable_token", "application/json", body, &got); err != nil {
		return "", err
	}
	if got.Token == "" {
		return "", &Refusal{Text: "no token", Again: Soon}
	}
	lasts := got.Expires * 1000
	a.token, a.until = got.Token, now+max(lasts-early.Milliseconds(), lasts/2)
	return a.token, nil
}

// call asks the interface for something in the name of the account. A token that is refused is fetched again once.
func (a *Account) call(ctx context.Context, path, query, kind string, body []byte, out any) error {
	stale := ""
	for {
		token, err := a.Token(ctx, stale)
		if err != nil {
			return err
		}
		err = a.post(ctx, token, a.at()+"/cgi-bin/"+path+"?access_token="+url.QueryEscape(token)+query, kind, body, out)
		r, is := errors.AsType[*Refusal](err)
		if !is || stale != "" || !slices.Contains(staleCodes, r.Code) {
			return err
		}
		stale = token
	}
}

// post sends one request and reads the answer, which says itself whether it is a refusal.
func (a *Account) post(ctx context.Context, token, address, kind string, body []byte, out any) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return errors.New("the address of the interface cannot be read") // it holds the token
	}
	r.Header.Set("Content-Type", kind)
	res, err := wire.Do(r)
	if err != nil {
		if u, is := errors.AsType[*url.Error](err); is { // it names the address, which holds the token
			err = u.Err
		}
		return &Refusal{Text: a.hide(token, err.Error()), Again: Soon, Lost: true}
	}
	defer res.Body.Close() //nolint:errcheck // read only
	raw, err := io.ReadAll(io.LimitReader(res.Body, mostAnswer))
	if err != nil {
		return &Refusal{Text: a.hide(token, err.Error()), Again: Soon, Lost: true}
	}
	var said struct {
		Code int    `json:"errcode"`
		Text string `json:"errmsg"`
	}
	if bad := json.Unmarshal(raw, &said); bad != nil || res.StatusCode != http.StatusOK {
		return &Refusal{Text: res.Status, Again: Soon, Lost: true}
	}
	if said.Code != 0 {
		return refusal(said.Code, a.hide(token, said.Text))
	}
	if out == nil {
		return nil
	}
	if err := json.Unmarshal(raw, out); err != nil {
		return &Refusal{Text: "an answer of another form", Again: Soon, Lost: true}
	}
	return nil
}

// hide takes out of a text what nobody may read in a log or on a page.
func (a *Account) hide(token, text string) string {
	for _, secret := range []string{a.Secret, token} {
		if secret != "" {
			text = strings.ReplaceAll(text, secret, "…")
		}
	}
	return text
}

// encode writes JSON as the interface takes it: without escapes of the form \uXXXX, which it refuses (40033).
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return bytes.TrimSpace(b.Bytes()), err
}

// plain takes out of a text what JSON could only write as an escape.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\u2028' || r == '\u2029':
			return '\n'
		case r < ' ' && r != '\n' && r != '\t' && r != '\r', r == 0x7f, r == '\ufffd':
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
}

// Article is what a draft says.
type Article struct {
	Title   string `json:"title"`
	Author  string `json:"author"`
	Digest  string `json:"digest"`
	Content string `json:"content"`
	Source  string `json:"content_source_url"` // where "read the original" leads
	Cover   string `json:"thumb_media_id"`
	Comment int    `json:"need_open_comment"` // 0: readers ask the office where it answers
	Fans    int    `json:"only_fans_can_comment"`
}

func (x Article) plain() Article {
	x.Title, x.Author, x.Digest, x.Content = plain(x.Title), plain(x.Author), plain(x.Digest), plain(x.Content)
	return x
}

func (a *Account) json(ctx context.Context, path string, ask, out any) error {
	body, err := encode(ask)
	if err != nil {
		return err
	}
	return a.call(ctx, path, "", "application/json; charset=utf-8", body, out)
}

// Add puts a draft into the draft box, and gives its id there.
func (a *Account) Add(ctx context.Context, x Article) (string, error) {
	var got struct {
		ID string `json:"media_id"`
	}
	err := a.json(ctx, "draft/add", map[string]any{"articles": []Article{x.plain()}}, &got)
	if err == nil && got.ID == "" {
		err = &Refusal{Text: "no draft", Again: Soon, Lost: true}
	}
	return got.ID, err
}

// Change puts another text in the place of a draft.
func (a *Account) Change(ctx context.Context, id string, x Article) error {
	return a.json(ctx, "draft/update", map[string]any{"media_id": id, "index": 0, "articles": x.plain()}, nil)
}

// Read gives a draft as it lies in the draft box.
func (a *Account) Read(ctx context.Context, id string) (Article, error) {
	var got struct {
		Items []Article `json:"news_item"`
	}
	err := a.json(ctx, "draft/get", map[string]any{"media_id": id}, &got)
	if err == nil && len(got.Items) == 0 {
		err = refusal(40007, "no article")
	}
	if err != nil {
		return Article{}, err
	}
	return got.Items[0], nil
}

// Delete takes a draft out of the draft box.
func (a *Account) Delete(ctx context.Context, id string) error {
	return a.json(ctx, "draft/delete", map[string]any{"media_id": id}, nil)
}

// Find looks among the newest drafts for the one whose original is at an address: of what was sent without an answer nobody
// knows otherwise whether it came. It gives "" when there is none.
func (a *Account) Find(ctx context.Context, source string) (string, error) {
	var got struct {
		Items []struct {
			ID      string `json:"media_id"`
			Content struct {
				Items []Article `json:"news_item"`
			} `json:"content"`
		} `json:"item"`
	}
	err := a.json(ctx, "draft/batchget", map[string]any{"offset": 0, "count": 20, "no_content": 1}, &got)
	for _, x := range got.Items {
		if len(x.Content.Items) == 1 && x.Content.Items[0].Source == source {
			return x.ID, err
		}
	}
	return "", err
}

// Picture uploads a picture of a text, and gives the address under which the text shows it. Wrong pictures are refused
// before anything is sent.
func (a *Account) Picture(ctx context.Context, p Picture) (string, error) {
	if e := p.FitsText(); e != nil {
		return "", e
	}
	var got struct {
		URL string `json:"url"`
	}
	err := a.file(ctx, "media/uploadimg", "", p, &got)
	if err == nil && got.URL == "" {
		err = &Refusal{Text: "no address", Again: Soon}
	}
	return got.URL, err
}

// Cover uploads the picture that stands for a text in lists, and gives its id.
func (a *Account) Cover(ctx context.Context, p Picture) (string, error) {
	if e := p.FitsCover(); e != nil {
		return "", e
	}
	var got struct {
		ID string `json:"media_id"`
	}
	err := a.file(ctx, "material/add_material", "&type=image", p, &got)
	if err == nil && got.ID == "" {
		err = &Refusal{Text: "no picture", Again: Soon}
	}
	return got.ID, err
}

func (a *Account) file(ctx context.Context, path, query string, p Picture, out any) error {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	part, err := w.CreateFormFile("media", p.safeName())
	if err != nil {
		return err
	}
	_, err = part.Write(p.Bytes)
	if err := errors.Join(err, w.Close()); err != nil {
		return err
	}
	return a.call(ctx, path, query, w.FormDataContentType(), b.Bytes(), out)
}
