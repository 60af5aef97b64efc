"""What `kasse doctor` says, beside the sentences that the screens have for devices. Here, since all words are."""

from enum import StrEnum

from terminal.texts import N_, Language


class Word(StrEnum):
    """Sentences; `{}` are the details."""

    ALL_WELL = N_("All is well.")
    SETTINGS_WELL = N_("The settings in {} can be used.")
    SETTINGS_WRONG = N_("The settings cannot be used: {}.")
    TILL_RUNS = N_("The till runs: version {}, register {}, {} entries in the journal.")
    TILL_STOPPED = N_("The till does not run. Start it: systemctl start kasse. Its devices are looked at from here.")
    TILL_CLOSED = N_("The till runs and wants the access key, which cannot be read from here. Run this as root.")
    TILL_SILENT = N_("The till at {} does not answer ({}). Restart it: systemctl restart kasse.")
    TILL_ODD = N_("What answers at {} is no till of this version ({}).")
    JOURNAL_FAILED = N_("The journal cannot be written: {}. Nothing can be sold.")
    FOLDER_WELL = N_("The data folder is {}.")
    FOLDER_MISSING = N_("There is no data folder {} yet. The till makes it when it starts.")
    FOLDER_CLOSED = N_("The data folder {} cannot be looked into: run this as root or as the till’s own user.")
    FOLDER_READ_ONLY = N_("The data folder {} cannot be written to. Check its owner, and that its disk is well.")
    JOURNAL_MISSING = N_("There is no journal in {} yet: nothing has been sold here.")
    DISK_WELL = N_("{} MB are free on the disk.")
    DISK_FULL = N_("Only {} MB are free on the disk. Make room: without it the till stops selling.")
    MEMORY_WELL = N_("{} MB of memory are free.")
    MEMORY_FULL = N_("Only {} MB of memory are free. Stop other programs.")
    CLOCK_WELL = N_("The clock is set: {}.")
    CLOCK_UNSET = N_("The clock has not been set since the start and says {}. Connect the network, or set it.")
    DEVICE_WELL = N_("{} is well.")
    DEVICE_SILENT = N_("{} does not say how it is.")
    DEVICE_STARTING = N_("{} is starting.")
    DEVICE_THERE = N_("{} is there.")
    SERVICE_UNSEEN = N_("MobilePay is asked only by a till that runs.")
    TROUBLED_BEFORE = N_("{} Last wrong: {}")
    NO_DEVICES = N_("The settings name no device.")
    FOUND_USED = N_("{}: {} at {} is in use as {}.")
    FOUND_UNUSED = N_("{}: {} at {} is not in the settings. Add:")
    FOUND_OTHER = N_("{}: {} at {}.")
    NOT_ALLOWED = N_("{}: {} at {} may not be used by whoever runs this. Run the installation again.")
    TEST_NEEDS_TILL = N_("Only a till that runs can try a device.")


LEVELS: dict[str, str] = {"well": N_("well"), "note": N_("note"), "wrong": N_("WRONG")}
"""At the start of each line."""


def how_many_wrong(count: int, words: Language) -> str:
    """The last line."""
    return words.ngettext("{} thing is wrong.", "{} things are wrong.", count).format(count)
