package dev.sluice;

import dev.sluice.api.auth.Credentials;
import dev.sluice.api.auth.Principal;
import java.util.Optional;

/**
 * Who may administer the installation: credentials for every account, and the generated one, which exists only if no
 * others are configured. Whether they may write is checked elsewhere.
 */
final class Owners {
    private final Optional<Principal> generated;

    Owners(Optional<GeneratedCredentials> generated) {
        this.generated = generated.map(credentials -> Credentials.callerOf(credentials.credential()));
    }

    boolean isOwner(Principal caller) {
        return caller.accounts().contains("*")
                || generated.filter(caller::equals).isPresent();
    }
}
