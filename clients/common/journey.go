// Package journey is what Go journeys share: the running mock as `skyproof up --json` told it, its admin
// API, and steps that are told one line each, `ok …` or `FAIL …`. The first step that fails ends the
// journey. Whatever goes wrong is a panic, which the step tells.
package journey

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"reflect"
	"runtime/debug"
	"sort"
	"strings"
	"time"
)

// Wait is how long anything may take, in real time.
const Wait = 20 * time.Second

// Map is a JSON object.
type Map = map[string]any

// Credentials are what a device or an enrollment connects with.
type Credentials struct {
	ID             string `json:"id"`
	RegistrationID string `json:"registration_id"`
	Username       string `json:"username"`
	Password       string `json:"password"`
}

// Entry is a step of the mock's journal.
type Entry struct {
	Text  string `json:"text"`
	Input struct {
		Text string `json:"text"`
	} `json:"input"`
	Judged []struct {
		Rule  string `json:"rule"`
		Holds bool   `json:"holds"`
	} `json:"judged"`
	// Refusal tells the rule by which the mock turned something away.
	Refusal struct {
		Rule string `json:"rule"`
	} `json:"refusal"`
}

// Facts is what `skyproof up --json` told.
var Facts struct {
	Host     string `json:"host"`
	MQTTPort int    `json:"mqtt_port"`
	WSSPort  int    `json:"wss_port"`
	AdminURL string `json:"admin_url"`
	CAFile   string `json:"ca_file"`
	Hubs     []struct {
		Host    string        `json:"host"`
		Devices []Credentials `json:"devices"`
	} `json:"hubs"`
	Provisioning []struct {
		Enrollments []Credentials `json:"enrollments"`
	} `json:"provisioning"`
}

var (
	since int
	// A proxy has no business on a loopback address.
	web = http.Client{Transport: &http.Transport{Proxy: nil}, Timeout: 2 * Wait}
)

func init() {
	told, err := os.ReadFile(os.Getenv("SKYPROOF_FACTS"))
	Must(err)
	Must(json.Unmarshal(told, &Facts))
}

// Device is what the mock says of a device.
func Device(id string) Credentials {
	for _, it := range Facts.Hubs[0].Devices {
		if it.ID == id {
			return it
		}
	}
	panic("the mock has no device " + id)
}

// Enrollment is what the mock says of an enrollment.
func Enrollment(registrationID string) Credentials {
	for _, it := range Facts.Provisioning[0].Enrollments {
		if it.RegistrationID == registrationID {
			return it
		}
	}
	panic("the mock has no enrollment " + registrationID)
}

// Trust is TLS that trusts the mock's authority alone.
func Trust() *tls.Config {
	pem, err := os.ReadFile(Facts.CAFile)
	Must(err)
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(pem) {
		panic("no certificate in " + Facts.CAFile)
	}
	return &tls.Config{RootCAs: roots}
}

// Ask sends one request to the admin API, and reads the answer's JSON into `told`.
func Ask(method, path string, body, told any) {
	sent, err := json.Marshal(body)
	Must(err)
	if body == nil {
		sent = nil
	}
	url := Facts.AdminURL + "/_skyproof/" + path
	request, err := http.NewRequest(method, url, bytes.NewReader(sent))
	Must(err)
	answer, err := web.Do(request)
	Must(err)
	defer answer.Body.Close()
	var text bytes.Buffer
	_, err = text.ReadFrom(answer.Body)
	Must(err)
	if answer.StatusCode >= 300 {
		panic(fmt.Sprintf("%s %s %s: %s", method, path, sent, text.String()))
	}
	if told != nil {
		Must(json.Unmarshal(text.Bytes(), told))
	}
}

// Expect waits for something in the journal that came since the step began; gives the entry.
func Expect(criteria Map) Entry {
	wanted := Map{"within_s": Wait.Seconds(), "since": since}
	for name, value := range criteria {
		wanted[name] = value
	}
	var told struct{ Matched []Entry }
	Ask("POST", "expect", wanted, &told)
	return told.Matched[len(told.Matched)-1]
}

// Broken gives the rules that the journal saw broken, sorted, each once.
func Broken() []string {
	var journal []Entry
	Ask("GET", "journal", nil, &journal)
	rules := map[string]bool{}
	for _, entry := range journal {
		for _, it := range entry.Judged {
			if !it.Holds {
				rules[it.Rule] = true
			}
		}
	}
	sorted := []string{}
	for rule := range rules {
		sorted = append(sorted, rule)
	}
	sort.Strings(sorted)
	return sorted
}

// Step tells whether what is done went well.
func Step(name string, does func()) {
	defer func() {
		if problem := recover(); problem != nil {
			fmt.Printf("FAIL %s: %s\n", name, strings.SplitN(fmt.Sprint(problem), "\n", 2)[0])
			fmt.Fprintf(os.Stderr, "%v\n%s", problem, debug.Stack())
			os.Exit(1)
		}
	}()
	var health struct{ Steps int }
	Ask("GET", "health", nil, &health)
	since = health.Steps
	does()
	fmt.Println("ok", name)
}

// Take gives what a client's callbacks bring, with a bound.
func Take[T any](inbox <-chan T) T {
	select {
	case item := <-inbox:
		return item
	case <-time.After(Wait):
		panic(fmt.Sprint("nothing came within ", Wait))
	}
}

// Must fails when there is an error.
func Must(err error) {
	if err != nil {
		panic(err)
	}
}

// Same fails unless both are equal, deeply.
func Same(found, expected any) {
	if !reflect.DeepEqual(found, expected) {
		panic(fmt.Sprintf("found %#v, expected %#v", found, expected))
	}
}

// Has fails unless the text contains the part.
func Has(found, part string) {
	if !strings.Contains(found, part) {
		panic(fmt.Sprintf("found %q, expected %q in it", found, part))
	}
}
