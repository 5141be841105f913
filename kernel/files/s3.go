package files

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"sort"
	"strings"
	"time"

	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
)

// S3 is a shelf in a bucket of S3-compatible storage, addressed by path. Requests are signed with AWS Signature
// Version 4. The digest of what is put is part of the signature, so the storage refuses damaged content itself.
type S3 struct {
	Endpoint string // such as https://storage.example:9000
	Region   string
	Bucket   string
	Prefix   string // in front of every key, such as "files/"
	KeyID    string
	Secret   string
	Clock    *clock.Clock
	Client   *http.Client // nil for one of its own
}

var s3Client = &http.Client{Timeout: 10 * time.Minute, CheckRedirect: func(*http.Request, []*http.Request) error {
	return http.ErrUseLastResponse // a signature is for one host; following would hand it to another
}}

const digestOfNothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

// Put keeps a received file.
func (s *S3) Put(ctx context.Context, in *Incoming) (err error) {
	defer fault.Wrap(&err, "putting file %s into bucket %s", in.Digest, s.Bucket)
	if size, ok, err := s.Has(ctx, in.Digest); err == nil && ok && size == in.Size {
		return nil
	}
	resp, err := s.do(ctx, http.MethodPut, in.Digest, in)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return refused(resp)
	}
	return nil
}

// Get opens a file.
func (s *S3) Get(ctx context.Context, x Digest) (_ io.ReadCloser, err error) {
	defer fault.Wrap(&err, "getting file %s from bucket %s", x, s.Bucket)
	if _, err := ParseDigest(string(x)); err != nil {
		return nil, err
	}
	resp, err := s.do(ctx, http.MethodGet, x, nil)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode == http.StatusOK {
		return &checked{resp.Body, sha256.New(), x}, nil
	}
	defer resp.Body.Close()
	if resp.StatusCode == http.StatusNotFound {
		return nil, fault.New(fault.Missing, "files.missing", nil)
	}
	return nil, refused(resp)
}

// Has tells whether a file is there.
func (s *S3) Has(ctx context.Context, x Digest) (_ int64, _ bool, err error) {
	defer fault.Wrap(&err, "looking for file %s in bucket %s", x, s.Bucket)
	if _, err := ParseDigest(string(x)); err != nil {
		return 0, false, err
	}
	resp, err := s.do(ctx, http.MethodHead, x, nil)
	if err != nil {
		return 0, false, err
	}
	defer resp.Body.Close()
	switch resp.StatusCode {
	case http.StatusOK:
		return resp.ContentLength, true, nil
	case http.StatusNotFound:
		return 0, false, nil
	}
	return 0, false, refused(resp)
}

// Drop takes a file off the shelf.
func (s *S3) Drop(ctx context.Context, x Digest) (err error) {
	defer fault.Wrap(&err, "dropping file %s from bucket %s", x, s.Bucket)
	if _, err := ParseDigest(string(x)); err != nil {
		return err
	}
	resp, err := s.do(ctx, http.MethodDelete, x, nil)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	switch resp.StatusCode {
	case http.StatusOK, http.StatusNoContent, http.StatusNotFound:
		return nil
	}
	return refused(resp)
}

func refused(resp *http.Response) error {
	said, _ := io.ReadAll(io.LimitReader(resp.Body, 2000)) // only for the log
	return fmt.Errorf("the storage answered %s: %s", resp.Status, said)
}

func (s *S3) do(ctx context.Context, method string, x Digest, in *Incoming) (*http.Response, error) {
	base, err := url.Parse(s.Endpoint)
	if err != nil {
		return nil, err
	}
	if base.Scheme != "https" && base.Scheme != "http" || base.Host == "" || s.Bucket == "" {
		return nil, errors.New("the endpoint or the bucket is not set right")
	}
	req, err := http.NewRequestWithContext(ctx, method, base.JoinPath(s.Bucket, s.Prefix+string(x)).String(), nil)
	if err != nil {
		return nil, err
	}
	digest := digestOfNothing
	if in != nil {
		digest = string(in.Digest)
		req.Body, req.ContentLength = io.NopCloser(in.Reader()), in.Size
		req.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(in.Reader()), nil }
		req.Header.Set("Content-Type", in.Kind.Type)
	}
	// Packed on the way, the content would not have its digest any more.
	req.Header.Set("Accept-Encoding", "identity")
	s.sign(req, digest)
	client := s.Client
	if client == nil {
		client = s3Client
	}
	return client.Do(req)
}

// sign adds the headers of AWS Signature Version 4.
func (s *S3) sign(req *http.Request, digest string) {
	at := time.UnixMilli(s.Clock.Now()).UTC()
	stamp, day := at.Format("20060102T150405Z"), at.Format("20060102")
	req.Header.Set("X-Amz-Date", stamp)
	req.Header.Set("X-Amz-Content-Sha256", digest)
	signed := map[string]string{"host": req.URL.Host, "x-amz-date": stamp, "x-amz-content-sha256": digest}
	if t := req.Header.Get("Content-Type"); t != "" {
		signed["content-type"] = t
	}
	names := make([]string, 0, len(signed))
	for n := range signed {
		names = append(names, n)
	}
	sort.Strings(names)
	var headers strings.Builder
	for _, n := range names {
		headers.WriteString(n + ":" + signed[n] + "\n")
	}
	list := strings.Join(names, ";")
	request := strings.Join([]string{req.Method, s3Path(req.URL.Path), "", headers.String(), list, digest}, "\n")
	scope := strings.Join([]string{day, s.Region, "s3", "aws4_request"}, "/")
	sum := sha256.Sum256([]byte(request))
	text := strings.Join([]string{"AWS4-HMAC-SHA256", stamp, scope, hex.EncodeToString(sum[:])}, "\n")
	key := []byte("AWS4" + s.Secret)
	for _, part := range []string{day, s.Region, "s3", "aws4_request", text} {
		h := hmac.New(sha256.New, key)
		h.Write([]byte(part))
		key = h.Sum(nil)
	}
	req.Header.Set("Authorization", fmt.Sprintf("AWS4-HMAC-SHA256 Credential=%s/%s, SignedHeaders=%s, Signature=%x", s.KeyID, scope, list, key))
	req.URL.RawPath = s3Path(req.URL.Path) // what is sent must be spelt as what was signed
}

// s3Path spells a path as signatures want it: everything but A–Z a–z 0–9 - . _ ~ and / escaped.
func s3Path(path string) string {
	var b strings.Builder
	for i := range len(path) {
		c := path[i]
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("-._~/", c) >= 0 {
			b.WriteByte(c)
			continue
		}
		fmt.Fprintf(&b, "%%%02X", c)
	}
	return b.String()
}
