package dev.sluice;

/** Entry point of the fat jar. */
public final class Main {
    private Main() {}

    /** Parses the arguments and exits with the code that the chosen command answers. */
    public static void main(String[] args) {}
}
