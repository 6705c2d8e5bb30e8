# The commands for developers and CI. "make" without a target lists them.

JAR := target/sluice.jar
FLOOR := target/sluice-floor.jar
# A class data sharing archive: loaded and verified classes, which make a start faster.
ARCHIVE := target/sluice.jsa
MVN := mvn -B -ntp
E2E := src/e2e
# Kafka's brokers, for tests and "make cluster".
KAFKA := target/kafka
# Written last by "make dist".
DIST := target/dist/SHA256SUMS
DIST_SOURCES := $(shell find src/dist src/npm conf -type f 2>/dev/null)
SOURCES := pom.xml $(shell find src/main openapi -type f 2>/dev/null)

# The java command: that of JAVA_HOME if it is set, as for Maven.
JAVA := $(if $(JAVA_HOME),$(JAVA_HOME)/bin/java,java)

# For tests that run for a configured time.
UNTIMED := -Djunit.jupiter.execution.timeout.mode=disabled

BENCH_SOURCES := $(SOURCES) $(shell find src/jmh src/test -type f 2>/dev/null)

.PHONY: help run build test unit e2e dist jmods crash overload bench bench-depth bench-observation jmh cluster kafka fuzz simulate coverage mutation format clean jdk maven node clients

help: ## list the targets
	@sed -n 's/^\([a-z0-9-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST)

run: $(ARCHIVE) ## build if needed, then run the server with its embedded store (ARGS="--set http.port=9000")
	$(JAVA) -XX:SharedArchiveFile=$(ARCHIVE) -jar $(abspath $(JAR)) serve $(ARGS)

.PHONY: dev
dev: $(ARCHIVE) ## build if needed, then run a server for development, in memory (ARGS="--queue orders --verbose")
	$(JAVA) -XX:SharedArchiveFile=$(ARCHIVE) -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -jar $(abspath $(JAR)) dev $(ARGS)

build: $(JAR) ## build the fat jar

$(JAR): $(SOURCES) | jdk maven
	$(MVN) -DskipTests package

$(ARCHIVE): $(JAR)
	@directory=$$(mktemp -d) && trap 'rm -rf "$$directory"' EXIT && \
	$(JAVA) -XX:ArchiveClassesAtExit=$@ -Xlog:disable -Xlog:all=off -jar $(abspath $(JAR)) serve --stop-when-ready \
	  --set http.port=0 --set management.port=0 --set storage.directory="$$directory" >/dev/null

test: $(KAFKA) | jdk maven node clients ## install the dependencies of the tests and run all tests
	$(MVN) verify
	$(MAKE) e2e

unit: | jdk maven ## run the unit tests only
	$(MVN) test

e2e: $(JAR) $(KAFKA) $(DIST) $(E2E)/node_modules/.package-lock.json $(E2E)/node/node_modules/.package-lock.json | clients ## run the end-to-end tests with real clients
	cd $(E2E) && npm test
	@node $(E2E)/left-out.mjs

.PHONY: e2e-node e2e-wrangler e2e-python e2e-go e2e-java e2e-php e2e-terraform compatibility
e2e-node: $(JAR) $(E2E)/node_modules/.package-lock.json $(E2E)/node/node_modules/.package-lock.json ## run the clients for Node, all versions
e2e-wrangler: $(JAR) $(E2E)/node_modules/.package-lock.json $(E2E)/node/node_modules/.package-lock.json ## run the newest wrangler
e2e-python: $(JAR) $(E2E)/node_modules/.package-lock.json ## run the clients for Python, all versions
e2e-go: $(JAR) $(E2E)/node_modules/.package-lock.json ## run the clients for Go, all versions
e2e-java: $(JAR) $(E2E)/node_modules/.package-lock.json ## run the HTTP clients for Java
e2e-php: $(JAR) $(E2E)/node_modules/.package-lock.json ## run the HTTP clients for PHP
e2e-node e2e-wrangler e2e-python e2e-go e2e-java e2e-php:
	cd $(E2E) && node --test test/clients-$(@:e2e-%=%).test.js
	@node $(E2E)/left-out.mjs

e2e-terraform: $(JAR) $(E2E)/node_modules/.package-lock.json ## run the resources of queues of the Terraform provider 5 (needs Go and terraform or tofu)
	cd $(E2E) && node --test terraform/clients-terraform.test.js
	@node $(E2E)/left-out.mjs

.PHONY: e2e-fuzz
e2e-fuzz: $(JAR) $(E2E)/node_modules/.package-lock.json ## fuzz the contract with schemathesis (SECONDS=180)
	cd $(E2E) && SLUICE_FUZZ_SECONDS=$(or $(SECONDS),180) node --test test/contract-fuzz.test.js

compatibility: ## write the tables of clients in docs/compatibility.md, from the last runs of make e2e-node and so on
	node $(E2E)/compatibility.mjs

dist: $(DIST) ## build the archive, packages and images into target/dist

$(DIST): $(JAR) $(DIST_SOURCES) | node
	node src/dist/dist.mjs

jmods: ## fetch the Java modules of linux-arm64, for which "make dist" then builds a runtime too (Debian)
	src/dist/jmods.sh

crash: $(JAR) $(E2E)/node_modules/.package-lock.json ## kill a loaded server ROUNDS=200 times and check the observations of its clients (SEED=1)
	cd $(E2E) && node crash.mjs "$(or $(ROUNDS),200)" "$(SEED)"

$(E2E)/node_modules/.package-lock.json: $(E2E)/package-lock.json | node
	cd $(E2E) && npm ci --no-audit --no-fund

$(E2E)/node/node_modules/.package-lock.json: $(E2E)/node/package-lock.json | node
	cd $(E2E)/node && npm ci --no-audit --no-fund

overload: $(JAR) $(E2E)/node_modules/.package-lock.json ## overload a server for a minute, in three ways
	cd $(E2E) && SLUICE_OVERLOAD_SECONDS=60 node --test test/overload.test.js

bench: $(FLOOR) ## benchmark against the bare framework and other servers (ARGS="--quick", ARGS="--scenario push")
	node src/bench/run.mjs $(ARGS)

bench-depth: $(FLOOR) $(ARCHIVE) ## benchmark by backlog, number of queues and delayed messages (ARGS="--largest 10000000")
	node src/bench/depth.mjs $(ARGS)

bench-observation: ## what scrapes, the console, the access log and traces cost (ARGS="--part scrape")
	node src/bench/observation.mjs $(ARGS)

jmh: $(FLOOR) ## run the microbenchmarks, with allocation per operation (ARGS="Decoder -f 1")
	$(JAVA) -cp "target/test-classes:target/classes:$$(cat target/jmh.classpath)" org.openjdk.jmh.Main -prof gc $(ARGS)

$(FLOOR): $(BENCH_SOURCES) | jdk maven node
	$(MVN) -Pjmh -DskipTests package

cluster: $(JAR) $(KAFKA) | node ## run three Kafka brokers and three nodes on them, on loopback (ARGS="--nodes 2 --port 9000")
	node src/kafka/cluster.mjs $(ARGS)

kafka: $(KAFKA) ## bring Kafka's brokers into target/kafka, for the tests of the kafka engine

$(KAFKA): src/kafka/pom.xml | jdk maven
	rm -rf $@
	$(MVN) -q -f $< dependency:copy-dependencies -DoutputDirectory=$(abspath $@) || { rm -rf $@; exit 1; }
	touch $@

fuzz: | jdk maven ## fuzz all targets, or one, for MINUTES each (MINUTES=10 TARGET=PushFuzz)
	$(MVN) test -Dtest=CoverageGuidedFuzzingIT $(UNTIMED) -Dsluice.fuzz.target=$(TARGET) -Dsluice.fuzz.seconds=$$(($(or $(MINUTES),1) * 60))
	@cat target/fuzz/executions.txt

simulate: | jdk maven ## simulate SEEDS random histories of the runtime and of one queue (SEEDS=100000)
	$(MVN) test -Dtest='RuntimeSimulationTest,QueueModelTest,HostileRequestsTest' $(UNTIMED) -Dsluice.random=true \
	  -Dsluice.simulation.seeds=$(or $(SEEDS),100000) -Dsluice.histories=$(or $(SEEDS),100000)

coverage: | jdk maven ## report line and branch coverage of the Java tests (target/site/jacoco)
	$(MVN) -Pcoverage test

mutation: | jdk maven ## run mutation tests (PACKAGE=queue TESTS=queue)
	$(MVN) -Pmutation test-compile org.pitest:pitest-maven:mutationCoverage \
	  -DtargetClasses='dev.sluice.$(or $(PACKAGE),queue).*' -DtargetTests='dev.sluice.$(or $(TESTS),$(PACKAGE),queue).*Test'

format: | jdk maven ## format the code
	$(MVN) spotless:apply

clean: ## delete build results
	rm -rf target $(E2E)/node_modules $(E2E)/node/node_modules

jdk:
	@version=$$("$(JAVA)" -version 2>&1 | sed -n 's/.* version "\([0-9]*\).*/\1/p'); \
	if [ -z "$$version" ] || [ "$$version" -lt 17 ]; then \
	  echo "missing: JDK 17 or newer (found: $${version:-none}). On Debian: apt-get install openjdk-17-jdk-headless" >&2; exit 1; fi; \
	if ! command -v "$(dir $(JAVA))javac" >/dev/null && ! command -v javac >/dev/null; then \
	  echo "missing: the JDK's javac (only a JRE is installed). On Debian: apt-get install openjdk-17-jdk-headless" >&2; exit 1; fi

maven:
	@command -v mvn >/dev/null || { echo "missing: Maven. On Debian: apt-get install maven" >&2; exit 1; }

node:
	@version=$$(node --version 2>/dev/null | sed -n 's/^v\([0-9]*\).*/\1/p'); \
	if [ -z "$$version" ] || [ "$$version" -lt 20 ]; then \
	  echo "missing: Node 20 or newer (found: $${version:-none}), which the tests with the real clients need" >&2; exit 1; fi
	@command -v npm >/dev/null || { echo "missing: npm" >&2; exit 1; }

clients:
	@for client in curl openssl; do command -v $$client >/dev/null || { \
	  echo "missing: $$client, which tests with real clients need. On Debian: apt-get install $$client" >&2; exit 1; }; done
