package dev.sluice.cli;

import dev.sluice.store.CheckReport;
import dev.sluice.store.rocksdb.StoreCheck;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code sluice check}: verifies a store while no server uses it. Changes nothing on disk. */
@Command(
        name = "check",
        description = {
            "Verify a store while no server runs on it; nothing is changed.",
            "Exit code 0: sound; 3: damaged, one line per finding; 2: it cannot be checked."
        },
        mixinStandardHelpOptions = true,
        addMethodSubcommands = false)
final class CheckCommand implements Callable<Integer> {
    @Option(names = "--data-dir", paramLabel = "DIR", required = true, description = "The storage.directory to check.")
    private Path directory;

    @Option(names = "--json", description = "Print one JSON object instead of lines.")
    private boolean json;

    @Override
    public Integer call() {
        StoreCheck check;
        TerminalProgress progress = TerminalProgress.start("checking " + directory);
        try {
            check = StoreCheck.run(directory);
        } finally {
            progress.end();
        }
        boolean sound = check.findings().total() == 0;
        System.out.println(json ? jsonOf(check, sound) : linesOf(check, sound));
        return sound ? Main.OK : Main.DAMAGED;
    }

    private String linesOf(StoreCheck check, boolean sound) {
        StringBuilder lines = new StringBuilder();
        for (CheckReport.Finding finding : check.findings().kept()) {
            lines.append(finding.where()).append(": ").append(finding.what()).append('\n');
        }
        lines.append(sound ? "sound" : "damaged (" + check.findings().total() + " findings)");
        return lines.append(": ")
                .append(check.totals().queues())
                .append(" queues, ")
                .append(check.totals().messages())
                .append(" messages, ")
                .append(check.totals().bytes())
                .append(" bytes")
                .toString();
    }

    private String jsonOf(StoreCheck check, boolean sound) {
        JsonArray findings = new JsonArray();
        for (CheckReport.Finding finding : check.findings().kept()) {
            findings.add(new JsonObject().put("where", finding.where()).put("what", finding.what()));
        }
        return new JsonObject()
                .put("directory", directory.toString())
                .put("sound", sound)
                .put("queues", check.totals().queues())
                .put("messages", check.totals().messages())
                .put("bytes", check.totals().bytes())
                .put("findings_total", check.findings().total())
                .put("findings", findings)
                .encode();
    }
}
