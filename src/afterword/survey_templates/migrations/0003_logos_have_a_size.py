"""Logos know their size, which mails say for Outlook; those that are kept are measured."""

from io import BytesIO

from django.db import migrations, models
from PIL import Image


def measure(apps, schema_editor):
    Logo = apps.get_model("survey_templates", "Logo")
    for id_ in list(Logo.objects.filter(width=None).values_list("id", flat=True)):
        logo = Logo.objects.get(id=id_)  # one at a time: a logo may have a megabyte
        try:
            with Image.open(BytesIO(bytes(logo.content))) as picture:
                width, height = picture.size
        except OSError:  # no picture: it stays without a size
            continue
        Logo.objects.filter(id=id_).update(width=width, height=height)


class Migration(migrations.Migration):

    dependencies = [
        ('survey_templates', '0002_documents_and_versions'),
    ]

    operations = [
        migrations.AddField('logo', 'width', models.PositiveIntegerField(blank=True, null=True)),
        migrations.AddField('logo', 'height', models.PositiveIntegerField(blank=True, null=True)),
        migrations.RunPython(measure, migrations.RunPython.noop),
    ]
