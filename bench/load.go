package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"net"
	"slices"
	"strconv"
	"sync"
	"syscall"
	"time"
)

// load is what a number of clients measured, each asking again as soon as it was answered.
type load struct {
	perSecond  float64
	p50, p99   time.Duration
	cpu        time.Duration // of this process for one request: clients, handlers, and the database where it is inside
	failed     int
	firstError string
}

// drive asks an address on the loopback for a while. make gives the n-th request of a client as bytes.
func drive(addr string, clients int, span time.Duration, make func(client, n int) []byte) load {
	var mu sync.Mutex
	var all []time.Duration
	var l load
	note := func(err error) {
		mu.Lock()
		defer mu.Unlock()
		l.failed++
		if l.firstError == "" {
			l.firstError = err.Error()
		}
	}
	var wg sync.WaitGroup
	begin, busy := time.Now(), spent()
	for c := range clients {
		wg.Go(func() {
			conn, err := net.Dial("tcp", addr)
			if err != nil {
				note(err)
				return
			}
			defer conn.Close()
			r := bufio.NewReaderSize(conn, 64<<10)
			var took []time.Duration
			for n := 0; time.Since(begin) < span; n++ {
				at := time.Now()
				if _, err := conn.Write(make(c, n)); err != nil {
					note(err)
					break
				}
				status, err := skip(r)
				if err == nil && (status < 200 || status > 299) {
					err = fmt.Errorf("status %d", status)
				}
				if err != nil {
					note(err)
					if status == 0 {
						break
					}
				}
				took = append(took, time.Since(at))
			}
			mu.Lock()
			all = append(all, took...)
			mu.Unlock()
		})
	}
	wg.Wait()
	l.perSecond = float64(len(all)) / time.Since(begin).Seconds()
	if slices.Sort(all); len(all) > 0 {
		l.cpu = (spent() - busy) / time.Duration(len(all))
		l.p50, l.p99 = all[len(all)/2], all[len(all)*99/100]
	}
	return l
}

// spent is the time this process has had the processors.
func spent() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

var (
	length  = []byte("content-length:")
	chunked = []byte("transfer-encoding: chunked")
)

// skip reads one answer and throws it away.
func skip(r *bufio.Reader) (status int, err error) {
	line, err := r.ReadSlice('\n')
	if err != nil {
		return 0, err
	}
	if len(line) < 12 {
		return 0, errors.New("no status line")
	}
	if status, err = strconv.Atoi(string(line[9:12])); err != nil {
		return 0, err
	}
	n, parts := 0, false
	for {
		if line, err = r.ReadSlice('\n'); err != nil {
			return 0, err
		}
		line = bytes.TrimSpace(line)
		if len(line) == 0 {
			break
		}
		switch low := bytes.ToLower(line); {
		case bytes.HasPrefix(low, length):
			if n, err = strconv.Atoi(string(bytes.TrimSpace(line[len(length):]))); err != nil {
				return 0, err
			}
		case bytes.Equal(low, chunked):
			parts = true
		}
	}
	for parts {
		if line, err = r.ReadSlice('\n'); err != nil {
			return 0, err
		}
		size, err := strconv.ParseInt(string(bytes.TrimSpace(line)), 16, 32)
		if err != nil {
			return 0, err
		}
		if _, err = r.Discard(int(size) + 2); err != nil {
			return 0, err
		}
		if size == 0 {
			return status, nil
		}
	}
	_, err = r.Discard(n)
	return status, err
}

// get makes a GET with a session.
func get(path string) []byte {
	return []byte("GET " + path + " HTTP/1.1\r\nHost: bench\r\nCookie: session=bench\r\nAccept-Language: en\r\n\r\n")
}

// post makes a POST with a token.
func post(path string, body []byte) []byte {
	return append([]byte("POST "+path+" HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer bench\r\nContent-Type: application/json\r\nContent-Length: "+
		strconv.Itoa(len(body))+"\r\n\r\n"), body...)
}
