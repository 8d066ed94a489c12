export default {
  title: "Trash",
  deleted: (count: string) => (count === "1" ? "1 image deleted." : `${count} images deleted.`),
  undo: "Undo",
  undoable: "Last deletion",
  undoFailed: "That could not be undone. Try again, or look into the trash.",
  dismiss: "Close",
  atOnce: "There is no trash here: what is deleted is gone at once.",
  restorable: (days: string) =>
    days === "1"
      ? "What is deleted can be restored from the trash for a day, as it was."
      : `What is deleted can be restored from the trash for ${days} days, as it was.`,
  kept: (days: string) => (days === "1" ? "kept for a day" : `kept for ${days} days`),
  none: "The trash is empty",
  noneHelp: (days: string) =>
    days === "1"
      ? "Images that are deleted stay here for a day and can be restored, with their tags and descriptions."
      : `Images that are deleted stay here for ${days} days and can be restored, with their tags and descriptions.`,
  deletedAt: (time: string) => `Deleted ${time}`,
  goneAt: (date: string) => `gone for good on ${date}`,
  restore: "Restore",
  restoreOne: (name: string) => `Restore ${name}`,
  removeOne: (name: string) => `Delete ${name} for good`,
  removeHeading: "Delete 1 image for good",
  removeVerb: "Delete it",
  empty: "Empty the trash",
  emptyHeading: (count: string) =>
    count === "1" ? "Delete 1 image for good" : `Delete ${count} images for good`,
  forGood:
    "This can't be undone. Original files that were imported from their place stay there, untouched.",
  more: "Show more",
};
