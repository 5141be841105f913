package app

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"

	"yunqiao/kernel/jobs"
	"yunqiao/kernel/translate"
	"yunqiao/rooms/notices"
)

// machines asks translation programs: never beyond the address that was set.
var machines = &http.Client{Timeout: time.Minute, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}

// mostTranslated bounds what is read of an answer.
const mostTranslated = 1 << 20

// machine is the translation program of the settings, by the interface of LibreTranslate: a POST of q, source, target, format
// and api_key as JSON, answered with translatedText. Nil when the settings name none.
func (a *App) machine() notices.Machine {
	if a.Config.MachineAddress == "" {
		return nil
	}
	return func(ctx context.Context, from, to translate.Lang, text string) (string, error) {
		ask := map[string]string{"q": text, "source": string(from), "target": string(to), "format": "text"}
		if a.Config.MachineKey != "" {
			ask["api_key"] = a.Config.MachineKey
		}
		body, err := json.Marshal(ask)
		if err != nil {
			return "", err
		}
		r, err := http.NewRequestWithContext(ctx, http.MethodPost, a.Config.MachineAddress, bytes.NewReader(body))
		if err != nil {
			return "", err
		}
		r.Header.Set("Content-Type", "application/json")
		answer, err := machines.Do(r)
		if err != nil {
			return "", err
		}
		defer answer.Body.Close() //nolint:errcheck // read only
		if answer.StatusCode != http.StatusOK {
			return "", fmt.Errorf("the translation program answered %s", answer.Status)
		}
		raw, err := io.ReadAll(io.LimitReader(answer.Body, mostTranslated))
		if err != nil {
			return "", err
		}
		var said struct {
			Text string `json:"translatedText"`
		}
		if err := json.Unmarshal(raw, &said); err != nil {
			return "", fmt.Errorf("reading what the translation program answered: %w", err)
		}
		return said.Text, nil // an empty one is a part that stays missing
	}
}

// bindMachine lets the notices room ask the translation program, by jobs of its own.
func (a *App) bindMachine(d *notices.Desk) {
	d.Machine = a.machine()
	a.Jobs.On(notices.MachineJob, func(ctx context.Context, j jobs.Job, _ func(done, total int64)) (string, error) {
		return d.DraftByMachine(ctx, a.Store, j.Body)
	})
}
